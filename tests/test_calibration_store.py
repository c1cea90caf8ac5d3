"""Calibrations on disk: exact, readable, never mixed up, never half written."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from calibration_records import CALIBRATION, GLUTE, QUAD, SPECS, TRIAL, calibrations
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.errors import (
    CalibrationError,
    CalibrationReadError,
    CalibrationVersionError,
    CalibrationWriteError,
)
from calibration.form import dump, parse
from calibration.record import FORMAT, Calibration
from calibration.store import CalibrationStore, load

TODAY = date(2025, 3, 4)
ROOT = Path(__file__).resolve().parent.parent

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def is_one_sentence(error: BaseException) -> bool:
    text = str(error)
    return text.endswith(".") and "\n" not in text and "Traceback" not in text


def parsed_or_refused(data: str | bytes) -> Calibration | None:
    """The record, or nothing after a refusal in one sentence; any other error fails the test."""
    refusal = None
    try:
        return parse(data)
    except CalibrationError as error:
        refusal = error
    assert is_one_sentence(refusal)
    return None


# The form


@given(calibrations())
def test_the_json_form_gives_the_same_record_back(record: Calibration) -> None:
    assert parse(dump(record)) == record


def test_the_json_form_is_readable() -> None:
    text = dump(CALIBRATION)
    assert '"wearer": "Zoë Ødegård"' in text
    assert json.loads(text)["channels"][0]["mvc_uv"] == 163.2
    assert text.count("\n") > 40


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_refused_in_one_sentence(data: bytes | str) -> None:
    with pytest.raises(CalibrationError) as caught:
        parse(data)
    assert is_one_sentence(caught.value)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_record_is_refused_or_whole(data: st.DataObject) -> None:
    """One value anywhere in the file replaced or lost: a CalibrationError, or a valid record."""
    form = json.loads(dump(CALIBRATION))
    spot = data.draw(
        st.sampled_from([form, form["channels"][1], form["channels"][0]["trials"][0], form["chain"]])
    )
    key = data.draw(st.sampled_from(sorted(spot)))
    if data.draw(st.booleans()):
        spot[key] = data.draw(json_values)
    else:
        del spot[key]
    record = parsed_or_refused(json.dumps(form))
    assert record is None or parse(dump(record)) == record


@given(st.integers(0, 2500), st.integers(0, 255))
def test_a_flipped_or_cut_byte_never_ends_in_a_traceback(place: int, value: int) -> None:
    whole = bytearray(dump(CALIBRATION).encode())
    place %= len(whole)
    for damaged in (whole[:place], whole[:place] + bytes([value]) + whole[place + 1 :]):
        parsed_or_refused(bytes(damaged))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "not JSON"),
        ("{}", "not a calibration"),
        ('{"kind": "something else"}', "not a calibration"),
        ('{"kind": "emgfeedback calibration", "format": 1}', "created is missing"),
        (dump(CALIBRATION).replace("163.2", "NaN"), "finite"),
        (dump(CALIBRATION).replace("163.2", "1e999"), "finite"),
        (dump(CALIBRATION).replace("163.2", "9" * 400), "finite"),
        (dump(CALIBRATION).replace("163.2", "true"), "must be a number"),
        (dump(CALIBRATION).replace("+01:00", ""), "offset"),
        (dump(CALIBRATION).replace('"A1"', '"A0"'), "one entry for each"),
        (dump(CALIBRATION).replace('"good"', '"fine"'), "quality must be one of"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(CalibrationReadError, match=words) as caught:
        parse(text, "a.json")
    assert is_one_sentence(caught.value)
    assert str(caught.value).startswith("a.json ")


def test_a_newer_form_is_refused_and_not_half_read() -> None:
    with pytest.raises(CalibrationVersionError, match="update emgfeedback"):
        parse(dump(CALIBRATION).replace('"format": 2', '"format": 3'))


def test_form_1_is_read_and_what_it_did_not_hold_is_not_known() -> None:
    """The file as the version before form 2 wrote it."""
    old = (Path(__file__).parent / "calibration_form_1.json").read_bytes()
    record = parse(old)
    plain = replace(TRIAL, position="", first_3s_uv=0.0, median_hz=0.0)
    unknown = {"site": "", "interelectrode_mm": 0.0, "position": "", "median_hz": 0.0, "crosstalk": {}}
    assert record.channels == tuple(replace(c, trials=(plain,), **unknown) for c in (GLUTE, QUAD))
    assert (record.wearer, record.created, record.format) == ("Zoë Ødegård", CALIBRATION.created, FORMAT)
    assert parse(dump(record)) == record


def test_the_squeezes_that_count_are_those_of_the_position_that_made_the_100_percent() -> None:
    others = (replace(TRIAL, accepted=False, reason="Hold it steady."), replace(TRIAL, position="standing"))
    assert replace(GLUTE, trials=(*others, TRIAL)).counting == (TRIAL,)


@pytest.mark.parametrize("wearer", ["lone \ud800 half"])
def test_what_would_not_read_back_is_not_written(wearer: str, tmp_path: Path) -> None:
    for record in (
        replace(CALIBRATION, wearer=wearer),
        replace(CALIBRATION, created="yesterday"),
        replace(CALIBRATION, chain={"notch_hz": float("nan")}),
    ):
        with pytest.raises(CalibrationWriteError):
            CalibrationStore(tmp_path).save(record)
    assert list(tmp_path.iterdir()) == []


# The store


def test_saving_never_replaces_another(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path / "new" / "folder")
    paths = [store.save(replace(CALIBRATION, sfreq_hz=rate)) for rate in (500.0, 1000.0, 2000.0)]
    assert [load(path).sfreq_hz for path in paths] == [500.0, 1000.0, 2000.0]
    assert len(list(store.folder.iterdir())) == 3


def test_the_newest_of_today_is_found(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    for created in ("2025-03-04T18:30:00+01:00", "2025-03-04T19:00:00+01:00", "2025-03-04T08:00:00+01:00"):
        store.save(replace(CALIBRATION, created=created))
    found = store.newest("Zoë Ødegård", "F00D-42", SPECS, TODAY)
    assert found is not None
    assert found.created.startswith("2025-03-04T19:00")
    assert store.why == "Calibrated today at 19:00."


def test_an_older_one_that_fits_wins_over_a_newer_one_that_does_not(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    store.save(CALIBRATION)
    louder = replace(
        CALIBRATION, created="2025-03-04T20:00:00+01:00", channels=(replace(GLUTE, gain=400.0), QUAD)
    )
    store.save(louder)
    assert store.newest("Zoë Ødegård", "F00D-42", SPECS, TODAY) == CALIBRATION


@pytest.mark.parametrize(
    ("wearer", "board", "specs", "day", "why"),
    [
        ("Someone", "F00D-42", SPECS, TODAY, "First time: calibrate."),
        ("Zoë Ødegård", "BEEF-1", SPECS, TODAY, "First time: calibrate."),
        ("Zoë Ødegård", "F00D-42", SPECS, date(2025, 3, 5), "The last one is from Tuesday, 2025-03-04"),
        ("Zoë Ødegård", "F00D-42", (replace(SPECS[0], gain=201.0), SPECS[1]), TODAY, "the gain changed"),
        ("Zoë Ødegård", "F00D-42", (replace(SPECS[0], signal="envelope"), SPECS[1]), TODAY, "another kind"),
        (
            "Zoë Ødegård",
            "F00D-42",
            (replace(SPECS[0], side="left"), SPECS[1]),
            TODAY,
            "other pins or muscles",
        ),
        ("Zoë Ødegård", "F00D-42", SPECS[:1], TODAY, "other pins or muscles"),
        (
            "Zoë Ødegård",
            "F00D-42",
            (replace(SPECS[0], muscle="quad"), replace(SPECS[1], muscle="glute")),
            TODAY,
            "other pins or muscles",
        ),
    ],
)
def test_another_wearer_board_pin_gain_or_day_is_never_used(
    tmp_path: Path, wearer: str, board: str, specs: tuple, day: date, why: str
) -> None:
    store = CalibrationStore(tmp_path)
    store.save(CALIBRATION)
    assert store.newest(wearer, board, specs, day) is None
    assert why in store.why


def test_another_rate_or_filter_is_never_used(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    store.save(CALIBRATION)
    ask = ("Zoë Ødegård", "F00D-42", SPECS, TODAY)
    assert store.newest(*ask, sfreq_hz=1000.4, chain={"notch_hz": 0.0}) == CALIBRATION
    assert store.newest(*ask, sfreq_hz=500.0) is None
    assert "sampling rate" in store.why
    assert store.newest(*ask, chain={"notch_hz": 50.0}) is None
    assert "filter settings" in store.why


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Ann", "ann", "An n", "Ann/"]), st.sampled_from(["b1", "b2"])), max_size=6
    )
)
def test_two_wearers_and_boards_never_mix(tmp_path_factory: pytest.TempPathFactory, owners: list) -> None:
    store = CalibrationStore(tmp_path_factory.mktemp("store"))
    for number, (wearer, board) in enumerate(owners):
        store.save(replace(CALIBRATION, wearer=wearer, board_id=board, sfreq_hz=1000.0 + number))
    for wearer in ("Ann", "ann", "An n", "Ann/"):
        for board in ("b1", "b2"):
            found = store.newest(wearer, board, SPECS, TODAY)
            assert (found is not None) == ((wearer, board) in owners)
            assert found is None or (found.wearer, found.board_id) == (wearer, board)


def test_a_damaged_file_is_left_aside_and_left_as_it_is(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    broken = store.save(replace(CALIBRATION, created="2025-03-04T20:00:00+01:00"))
    broken.write_text(broken.read_text()[:300])
    before = broken.read_bytes()
    assert store.newest("Zoë Ødegård", "F00D-42", SPECS, TODAY) is None
    assert "1 damaged file" in store.why
    store.save(CALIBRATION)
    assert store.newest("Zoë Ødegård", "F00D-42", SPECS, TODAY) == CALIBRATION
    assert str(broken) in store.damaged[0]
    assert broken.read_bytes() == before


@pytest.mark.parametrize(
    "make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_bytes(b"[" * 2_000_000)]
)
def test_a_missing_folder_or_huge_file_is_one_sentence(tmp_path: Path, make) -> None:
    path = tmp_path / "it.json"
    make(path)
    with pytest.raises(CalibrationReadError) as caught:
        load(path)
    assert is_one_sentence(caught.value)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = CalibrationStore(tmp_path)
    kept = store.save(CALIBRATION)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CalibrationWriteError, match="No space left") as caught:
        store.save(CALIBRATION)
    assert is_one_sentence(caught.value)
    assert list(tmp_path.iterdir()) == [kept]


# kill -9 while it writes

WRITER = """
import sys
from pathlib import Path
from calibration.atomic import write_atomically
from calibration.form import dump
from calibration.store import load
path = Path(sys.argv[1])
record = load(path)
texts = [dump(record).encode(), dump(record).replace("F00D-42", "BEEF-" + "7" * 50_000).encode()]
print("ready", flush=True)
number = 0
while True:
    number += 1
    write_atomically(path, texts[number % 2])
"""


def test_a_killed_save_leaves_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    """Twenty real processes, each killed at another moment of its endless saving."""
    path = CalibrationStore(tmp_path).save(CALIBRATION)
    boards = set()
    for number in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ}
        )
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(0.003 + 0.0017 * number)
        finally:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
        board = load(path).board_id
        boards.add(board)
        assert board in {"F00D-42", "BEEF-" + "7" * 50_000}
        path.write_text(dump(CALIBRATION))
    assert len(boards) == 2
    leftovers = [other for other in tmp_path.iterdir() if other != path]
    assert all(other.name.startswith(".") and other.suffix == ".part" for other in leftovers)
    assert len(CalibrationStore(tmp_path).all()) == 1
