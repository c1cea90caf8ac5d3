"""Calibrations on disk: exact, readable, never mixed up, never half written."""

import copy
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from calibration_records import (
    CALIBRATION,
    COMPARISON,
    GLUTE,
    QUAD,
    SPECS,
    TRIAL,
    calibrations,
    comparisons,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import comparison_form
from calibration.comparison import Comparison
from calibration.errors import (
    CalibrationError,
    CalibrationReadError,
    CalibrationVersionError,
    CalibrationWriteError,
)
from calibration.form import dump, parse
from calibration.record import FORMAT, Calibration
from calibration.store import CHECK_SUFFIX, SUFFIX, CalibrationStore, load

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


def parsed_or_refused(data: str | bytes, understand: Callable[[str | bytes], Any] = parse) -> Any:
    """The record, or nothing after a refusal in one sentence; any other error fails the test."""
    refusal = None
    try:
        return understand(data)
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
        ('{"kind": "emgfeedback calibration", "format": 1}', "channels is missing"),
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
    assert store.why == "Your 100 % is from today, 19:00."


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
        ("Zoë Ødegård", "F00D-42", SPECS, date(2025, 3, 5), "Your last one is from Tuesday, 2025-03-04"),
        ("Zoë Ødegård", "F00D-42", (replace(SPECS[0], gain=201.0), SPECS[1]), TODAY, "the gain changed"),
        ("Zoë Ødegård", "F00D-42", (replace(SPECS[0], signal="envelope"), SPECS[1]), TODAY, "a new kind"),
        (
            "Zoë Ødegård",
            "F00D-42",
            (replace(SPECS[0], side="left"), SPECS[1]),
            TODAY,
            "other pins or spots",
        ),
        ("Zoë Ødegård", "F00D-42", SPECS[:1], TODAY, "other pins or spots"),
        (
            "Zoë Ødegård",
            "F00D-42",
            (replace(SPECS[0], muscle="quad"), replace(SPECS[1], muscle="glute")),
            TODAY,
            "other pins or spots",
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
    assert "runs at a new rate" in store.why
    assert store.newest(*ask, chain={"notch_hz": 50.0}) is None
    assert "the filter is not" in store.why


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


# Checks of another day

WEARER, BOARD = "Zoë Ødegård", "F00D-42"
THURSDAY = date(2025, 3, 6)


def checked(word: str, created: str = COMPARISON.created, **changes: Any) -> Comparison:
    return replace(COMPARISON, word=word, created=created, **changes)


@given(comparisons())
def test_the_json_form_of_a_check_gives_the_same_record_back(record: Comparison) -> None:
    assert comparison_form.parse(comparison_form.dump(record)) == record


def test_a_newer_or_foreign_check_is_refused() -> None:
    text = comparison_form.dump(COMPARISON)
    with pytest.raises(CalibrationVersionError, match="update emgfeedback"):
        comparison_form.parse(text.replace('"format": 1', '"format": 2'))
    with pytest.raises(CalibrationReadError, match="is not a calibration check"):
        comparison_form.parse(dump(CALIBRATION))
    with pytest.raises(CalibrationReadError, match="is not a calibration of"):
        parse(text)


def test_a_comparable_check_lets_an_older_calibration_hold_that_day_and_leaves_it_as_it_is(
    tmp_path: Path,
) -> None:
    store = CalibrationStore(tmp_path)
    path = store.save(CALIBRATION)
    before = path.read_bytes()
    ask = (WEARER, BOARD, SPECS, THURSDAY)
    assert store.newest(*ask) is None
    assert store.check is None
    assert "Check it, or calibrate" in store.why
    store.save_check(checked("comparable"))
    assert store.newest(*ask) == CALIBRATION
    assert store.why == "Comparable with Tuesday."
    assert store.check == checked("comparable")
    assert path.read_bytes() == before
    assert store.all() == (CALIBRATION,)
    # Not on the day after, and not for another gain.
    assert store.newest(WEARER, BOARD, SPECS, date(2025, 3, 7)) is None
    louder = (replace(SPECS[0], gain=400.0), SPECS[1])
    assert store.newest(WEARER, BOARD, louder, THURSDAY) is None
    assert store.why == "Not comparable: the gain changed. Calibrate again."


def test_the_last_verdict_of_the_day_counts_and_one_that_tells_nothing_does_not(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    store.save(CALIBRATION)
    ask = (WEARER, BOARD, SPECS, THURSDAY)
    store.save_check(checked("comparable", "2025-03-06T08:00:00+01:00"))
    store.save_check(checked("cannot tell", "2025-03-06T09:00:00+01:00"))
    assert store.newest(*ask) == CALIBRATION
    store.save_check(checked("not comparable", "2025-03-06T10:00:00+01:00"))
    assert store.newest(*ask) is None
    assert store.why == "Not comparable: the gain of the right glute changed. Calibrate again."
    again = replace(CALIBRATION, created="2025-03-06T11:00:00+01:00")
    store.save(again)
    assert store.newest(*ask) == again
    assert (store.why, store.check) == ("Your 100 % is from today, 11:00.", None)
    # Pads moved in the afternoon: today's own does not hold any more.
    store.save_check(
        checked("not comparable", "2025-03-06T15:00:00+01:00", calibration_created=again.created)
    )
    assert store.newest(*ask) is None


def test_a_damaged_check_allows_nothing_and_stays(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    store.save(CALIBRATION)
    path = store.save_check(checked("comparable"))
    path.write_text(path.read_text()[:200])
    before = path.read_bytes()
    assert store.newest(WEARER, BOARD, SPECS, THURSDAY) is None
    assert path.read_bytes() == before


def test_the_latest_of_any_day_is_that_of_this_board_before_that_of_another(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    assert store.latest(WEARER, BOARD) is None
    other = replace(CALIBRATION, board_id="BEEF-1", created="2025-03-05T18:30:00+01:00")
    store.save(other)
    assert store.latest(WEARER, BOARD) == other
    store.save(CALIBRATION)
    assert store.latest(WEARER, BOARD) == CALIBRATION
    assert store.latest("Someone", BOARD) is None


owners = st.tuples(st.sampled_from(["Ann", "ann", "An n", "Ann/"]), st.sampled_from(["b1", "b2"]))


@settings(max_examples=30, deadline=None)
@given(st.lists(owners, max_size=4), st.lists(st.tuples(owners, st.booleans()), max_size=5))
def test_checks_of_two_wearers_and_boards_never_mix(
    tmp_path_factory: pytest.TempPathFactory, calibrated: list, checks: list
) -> None:
    """Whatever others have calibrated and checked: only an own check lets an own calibration hold."""
    store = CalibrationStore(tmp_path_factory.mktemp("store"))
    for wearer, board in calibrated:
        store.save(replace(CALIBRATION, wearer=wearer, board_id=board))
    last: dict[tuple[str, str], bool] = {}
    for number, ((wearer, board), holds) in enumerate(checks):
        created = f"2025-03-06T08:00:0{number}+01:00"
        word = "comparable" if holds else "not comparable"
        store.save_check(checked(word, created, wearer=wearer, board_id=board))
        last[wearer, board] = holds
    for owner in {("Ann", "b1"), ("Ann", "b2"), ("ann", "b1"), ("An n", "b2"), *calibrated}:
        found = store.newest(*owner, SPECS, THURSDAY)
        assert (found is not None) == (owner in calibrated and last.get(owner, False))
        assert found is None or (found.wearer, found.board_id) == owner


# Garbage


def edited(data: st.DataObject, form: Any) -> Any:
    """``form`` with up to four values anywhere in it replaced, lost, doubled or renamed."""
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = None, None
        spot = form
        while isinstance(spot, dict | list) and spot:
            holder = spot
            keys = sorted(spot, key=str) if isinstance(spot, dict) else list(range(len(spot)))
            key = data.draw(st.sampled_from(keys))
            spot = spot[key]
            if data.draw(st.integers(0, 3)) == 0:
                break
        if holder is None:
            return form
        edit = data.draw(st.sampled_from(["replace", "lose", "double", "rename"]))
        if edit == "replace":
            holder[key] = data.draw(json_values)
        elif edit == "double" and isinstance(holder, list):
            holder.append(copy.deepcopy(spot))
        elif edit == "rename" and isinstance(holder, dict):
            holder[data.draw(st.text(max_size=5))] = holder.pop(key)
        else:
            del holder[key]
    return form


FORMS = {
    "calibration": (parse, dump, json.loads(dump(CALIBRATION))),
    "form 1": (parse, dump, json.loads((Path(__file__).parent / "calibration_form_1.json").read_text())),
    "check": (comparison_form.parse, comparison_form.dump, json.loads(comparison_form.dump(COMPARISON))),
}


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_edited_structures_are_refused_in_one_sentence_or_whole(name: str, data: st.DataObject) -> None:
    understand, write, form = FORMS[name]
    text = json.dumps(edited(data, copy.deepcopy(form)))
    record = parsed_or_refused(text, understand)
    assert record is None or understand(write(record)) == record


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3), st.binary(max_size=6)), min_size=1))
def test_files_of_damaged_bytes_are_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list
) -> None:
    """Bytes lost, put in or overwritten in several places, read as a file of the store."""
    whole = bytearray(json.dumps(FORMS[name][2], ensure_ascii=False).encode())
    for place, lost, put in edits:
        place %= len(whole) or 1
        whole[place : place + lost] = put
    folder = tmp_path_factory.mktemp("store")
    suffix = CHECK_SUFFIX if name == "check" else SUFFIX
    (folder / f"2025-03-04{suffix}").write_bytes(whole)
    store = CalibrationStore(folder)
    found = (*store.all(), *store.checks())
    assert len(found) <= 1
    assert all(is_one_sentence(ValueError(sentence)) for sentence in store.damaged)
    assert (folder / f"2025-03-04{suffix}").read_bytes() == whole


# kill -9 while it writes

KILLER = """
import os, random, signal, statistics, sys, time
from dataclasses import replace
from pathlib import Path
from calibration.atomic import write_atomically
from calibration.form import dump
from calibration.store import CalibrationStore, load

path, rounds = Path(sys.argv[1]), int(sys.argv[2])
record = load(path)
texts = [dump(record).encode(), dump(replace(record, board_id="BEEF-" + "7" * 50_000)).encode()]
store = CalibrationStore(path.parent / "store")

def write(number):
    write_atomically(path, texts[number % 2])
    store.save(replace(record, sfreq_hz=1000.0 + number))

def write_for_ever():
    number = 0
    while True:
        number += 1
        write(number)

def taken_s(number):
    begin_s = time.monotonic()
    write(number)
    return time.monotonic() - begin_s

rng = random.Random(1)
for turn in range(rounds):
    if turn % 10 == 0:
        # How long this disk needs now, so that a kill falls into the first few saves on a slow one, too.
        save_s = statistics.median(taken_s(number) for number in range(5))
    child = os.fork()
    if child == 0:
        write_for_ever()
    time.sleep(rng.uniform(0.0, 4.0 * save_s + 0.01))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(load(path).board_id[:5], len(store.all()), len(store.damaged), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
def test_a_killed_save_leaves_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    """A hundred real processes, each killed at a random moment of its first few saves.

    Kill -9, not a power cut: that the disk keeps its order is the file system's word.
    """
    path = tmp_path / "one.calibration.json"
    path.write_text(dump(CALIBRATION))
    command = [sys.executable, "-c", KILLER, str(path), "100"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    rounds = [line.split() for line in done.stdout.splitlines()]
    assert len(rounds) == 100
    assert {board for board, _, _ in rounds} == {"F00D-", "BEEF-"}
    assert {damaged for _, _, damaged in rounds} == {"0"}
    saved = [int(number) for _, number, _ in rounds]
    assert saved == sorted(saved)
    assert saved[-1] > 20
    leftovers = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".json"]
    assert all(file.name.startswith(".") and file.suffix == ".part" for file in leftovers)
