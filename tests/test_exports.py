"""Exports as other tools read them: pandas, edfio and pyedflib, against the session itself."""

import csv as plain_csv
import json
import math
import warnings
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
import pandas as pd
import pyedflib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_sessions import CHAIN, Recorded, record
from session_samples import chunks, stream_info

from device import StreamInfo
from emgfeedback.exports import WRITERS, ExportError, export
from emgfeedback.exports.decimals import fixed_point, lines, whole_numbers, words
from emgfeedback.exports.records import data_record
from emgfeedback.frame import Contact, ShareState, ZoneState
from emgfeedback.session.analysis import frames
from emgfeedback.session.errors import SessionError
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder

URL = "sim:balanced?seed=3&exercise=bridge&fast=1&fault=loss@3+4,stall@9+1"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("exports") / "a.emgsession", URL, 20.0)


def samples_of(path: Path) -> tuple[np.ndarray, np.ndarray, StreamInfo]:
    """Absolute indices (n,) and counts (n, n_channels) of a session."""
    with SessionFile(path) as session:
        read = list(session.chunks())
        index = np.concatenate([np.arange(chunk.start, chunk.stop) for chunk in read])
        return index, np.concatenate([chunk.counts for chunk in read]), session.info


def synthetic(path: Path, info: StreamInfo, n: int = 4000, losses: dict[int, int] | None = None) -> Path:
    header = SessionHeader(info, started="2025-03-01T18:30:00.000000+01:00", started_host_s=100.0 - 0.25)
    with Recorder(path, header, waits=True) as recorder:
        for chunk in chunks(info, n, losses):
            recorder.put(chunk)
        recorder.marker(1500, "pads\x14checked, µV ok")
    return path


# CSV.


@pytest.fixture(scope="module")
def table(recorded: Recorded) -> pd.DataFrame:
    written = export(recorded.path, recorded.path.with_name("out.csv"))
    assert [path.name for path in written] == ["out.csv", "out.json"]
    return pd.read_csv(written[0])


def test_csv_has_a_row_for_each_sample_measured_and_time_jumps_over_losses(
    recorded: Recorded, table: pd.DataFrame
) -> None:
    index, counts, info = samples_of(recorded.path)
    assert len(table) == len(index)
    np.testing.assert_allclose(table["time_s"], index / info.sfreq_hz, atol=1e-9)
    jumps = np.diff(index, prepend=index[0] - 1) - 1
    np.testing.assert_array_equal(table["gap_samples"], jumps)
    assert (jumps > 0).sum() > 10
    for column, name in enumerate(("glute_right", "quad_right")):
        np.testing.assert_array_equal(table[f"{name}_counts"], counts[:, column])
        lsb = info.channels[column].uv_per_count
        raw = info.to_microvolts(counts)[:, column]
        assert np.abs(table[f"{name}_raw_uV"] - raw).max() <= 0.1 * lsb


def test_csv_holds_what_the_pipeline_made(recorded: Recorded, table: pd.DataFrame) -> None:
    with SessionFile(recorded.path) as session:
        made = [frame for _, frame in frames(session)]
    at = np.concatenate([frame.samples for frame in made])
    keep = np.isin(at, np.round(table["time_s"].to_numpy() * 1000).astype(int))
    rows = table[np.isin(np.round(table["time_s"].to_numpy() * 1000).astype(int), at)]
    assert len(rows) > 0.98 * len(table)
    for name, decimals in (("emg_uv", 2), ("envelope_uv", 2), ("percent_mvc", 2)):
        values = np.concatenate([getattr(frame, name) for frame in made])[keep]
        for column, channel in enumerate(("glute_right", "quad_right")):
            read = rows[f"{channel}_{name.replace('uv', 'uV')}"]
            np.testing.assert_allclose(read, values[:, column], atol=0.51 * 10.0**-decimals)
    per_hop = {"share": np.nan, "state": -1, "zone": -1}
    for name in per_hop:
        values = np.concatenate([np.repeat(getattr(frame, name), frame.hop, axis=0) for frame in made])[
            keep, 0
        ]
        read = rows[f"{name}_right"]
        if name == "share":
            np.testing.assert_allclose(read, values, atol=0.51e-4)
        else:
            words_of = {"state": ShareState, "zone": ZoneState}[name]
            assert read.tolist() == [words_of(code).name.lower() for code in values]
    quality = np.concatenate([np.repeat(frame.quality, frame.hop, axis=0) for frame in made])[keep, 1]
    assert rows["quad_right_contact"].tolist() == [Contact(code).name.lower() for code in quality]
    blank = np.concatenate([frame.blank for frame in made])[keep]
    assert rows["blank"].tolist() == blank.astype(int).tolist()
    assert set(rows["state_right"]) >= {"live", "rest"}


def test_csv_numbers_the_reps(recorded: Recorded, table: pd.DataFrame) -> None:
    at = np.round(table["time_s"].to_numpy() * 1000).astype(int)
    expected = np.zeros(len(at), dtype=int)
    assert len(recorded.reps) >= 2
    for rep in recorded.reps:
        expected[(at >= rep.start) & (at < rep.stop)] = rep.number
    assert table["rep_right"].fillna(0).astype(int).tolist() == expected.tolist()


def test_csv_says_simulated_and_its_json_the_rest(recorded: Recorded, table: pd.DataFrame) -> None:
    assert (table["simulated"] == 1).all()
    facts = json.loads(recorded.path.with_name("out.json").read_text())
    assert facts["simulated"] is True
    assert facts["csv"]["columns"] == list(table.columns)
    assert facts["settings"] == CHAIN.as_record()
    assert facts["channel_map"] == "A0=glute:right,A1=quad:right"
    assert facts["calibration"]["channels"][0]["mvc_uv"] == recorded.calibration.channels[0].mvc_uv
    assert facts["zones"] == {"right": {"low": 0.5, "high": 0.65}}
    assert facts["versions"]["numpy"] == np.__version__
    assert [rep["start"] for rep in facts["reps"]] == [rep.start for rep in recorded.reps]
    assert sum(gap["n_samples"] for gap in facts["gaps"]) == table["gap_samples"].sum()


def test_csv_of_a_person_has_no_column_simulated_and_any_reader_takes_it(tmp_path: Path) -> None:
    info = stream_info(4, bits=16, simulated=False)
    path = synthetic(tmp_path / "a.emgsession", info)
    export(path, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(plain_csv.DictReader(file))
    assert "simulated" not in rows[0]
    assert {"share_left", "share_right", "glute_left_envelope_uV"} <= rows[0].keys()
    assert {row["glute_right_percent_mvc"] for row in rows} == {""}
    assert {row["state_left"] for row in rows} <= {"uncalibrated", ""}
    _, counts, _ = samples_of(path)
    assert [int(row["quad_left_counts"]) for row in rows] == counts[:, 3].tolist()


@pytest.mark.parametrize("sfreq_hz", [500.0, 62500 / 63, 999.3])
def test_csv_times_are_those_of_the_rate(tmp_path: Path, sfreq_hz: float) -> None:
    path = synthetic(tmp_path / "a.emgsession", stream_info(sfreq_hz=sfreq_hz), losses={800: 80})
    export(path, tmp_path / "a.csv")
    table = pd.read_csv(tmp_path / "a.csv")
    index, _, _ = samples_of(path)
    np.testing.assert_allclose(table["time_s"], index / sfreq_hz, atol=1e-8)


# EDF and BDF.


def physical(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """What edfio and pyedflib read: both (n_channels, n) in physical units."""
    edf = edfio.read_bdf(path) if path.suffix == ".bdf" else edfio.read_edf(path)
    one = np.array([signal.data for signal in edf.signals])
    with pyedflib.EdfReader(str(path)) as reader:
        other = np.array([reader.readSignal(k) for k in range(reader.signals_in_file)])
    return one, other


@pytest.mark.parametrize(("suffix", "bits"), [(".edf", 12), (".edf", 16), (".bdf", 16), (".bdf", 22)])
def test_edf_and_bdf_give_every_value_within_one_lsb_in_both_readers(
    tmp_path: Path, suffix: str, bits: int
) -> None:
    info = stream_info(4, bits=bits)
    path = synthetic(tmp_path / "a.emgsession", info, losses={800: 120, 2400: 16})
    target = tmp_path / f"a{suffix}"
    assert export(path, target) == (target,)
    index, counts, _ = samples_of(path)
    lsb = info.channels[0].uv_per_count
    for read in physical(target):
        assert read.shape == (4, 4000)
        np.testing.assert_allclose(read[:, index].T, info.to_microvolts(counts), atol=lsb)
        filled = np.setdiff1d(np.arange(4000), index)
        assert len(filled) == 136
        assert np.abs(read[:, filled]).max() <= lsb


def test_edf_tells_labels_units_times_and_annotations_to_both_readers(
    recorded: Recorded, tmp_path: Path
) -> None:
    target = tmp_path / "a.edf"
    export(recorded.path, target)
    with SessionFile(recorded.path) as session:
        gaps, first_at = session.gaps(), session.first_sample_at
    edf = edfio.read_edf(target)
    assert edf.reserved == "EDF+C"
    assert [signal.label for signal in edf.signals] == ["glute right", "quad right"]
    assert {signal.physical_dimension for signal in edf.signals} == {"uV"}
    assert {signal.sampling_frequency for signal in edf.signals} == {1000.0}
    assert {signal.transducer_type for signal in edf.signals} == {"simulated surface EMG"}
    assert edf.recording.additional == ("simulated",)
    assert edf.startdatetime == first_at.replace(microsecond=0, tzinfo=None)
    expected = [
        (0.0, None, f"first sample at {first_at.isoformat(timespec='milliseconds')}"),
        (0.0, None, "simulated"),
        *((g.start / 1000, g.n_samples / 1000, f"gap {g.n_samples} ms") for g in gaps),
        *((r.start / 1000, (r.stop - r.start) / 1000, _rep_text(r)) for r in recorded.reps),
    ]
    padding = [note for note in edf.annotations if note.text == "padding"]
    assert len(padding) <= 1
    read = sorted(tuple(note) for note in edf.annotations if note.text != "padding")
    assert read == sorted(expected, key=lambda note: (note[0], note[1] or -1.0, note[2]))
    with pyedflib.EdfReader(str(target)) as reader:
        assert reader.getSignalLabels() == ["glute right", "quad right"]
        assert reader.getPhysicalDimension(0) == "uV"
        assert reader.getSampleFrequency(1) == 1000.0
        assert reader.getStartdatetime() == first_at.replace(microsecond=0, tzinfo=None)
        onsets, _, texts = reader.readAnnotations()
    assert sorted(texts) == sorted(note.text for note in edf.annotations)
    np.testing.assert_allclose(np.sort(onsets), np.sort([note.onset for note in edf.annotations]), atol=1e-6)


def _rep_text(rep: object) -> str:
    share = f"share {100 * rep.share:.0f} %" if not rep.left_out else f"left out: {rep.left_out}"  # type: ignore[attr-defined]
    return f"rep {rep.number} {rep.side}, {share}"  # type: ignore[attr-defined]


def test_edf_keeps_markers_and_time_of_day_of_the_wearer(tmp_path: Path) -> None:
    export(synthetic(tmp_path / "a.emgsession", stream_info()), tmp_path / "a.edf")
    edf = edfio.read_edf(tmp_path / "a.edf")
    notes = {note.text: note.onset for note in edf.annotations}
    assert notes["pads checked, µV ok"] == 1.5
    assert notes["first sample at 2025-03-01T18:30:00.250+01:00"] == 0.0
    assert edf.startdatetime == datetime(2025, 3, 1, 18, 30)  # noqa: DTZ001 - EDF has no offset
    assert "kim" not in (tmp_path / "a.edf").read_bytes().decode("latin-1")


@pytest.mark.parametrize("sfreq_hz", [250.0, 1000.0, 62500 / 63, 999.3, 1e6 / 1024, 1000 / 3, 1000.123456789])
def test_edf_of_any_rate_opens_in_both_readers_with_that_rate(tmp_path: Path, sfreq_hz: float) -> None:
    info = stream_info(sfreq_hz=sfreq_hz)
    path = synthetic(tmp_path / "a.emgsession", info, n=20_000)
    export(path, tmp_path / "a.edf")
    edf = edfio.read_edf(tmp_path / "a.edf")
    assert edf.signals[0].sampling_frequency == pytest.approx(sfreq_hz, rel=1e-6)
    index, counts, _ = samples_of(path)
    for read in physical(tmp_path / "a.edf"):
        np.testing.assert_allclose(
            read[:, index].T, info.to_microvolts(counts), atol=info.channels[0].uv_per_count
        )
    with pyedflib.EdfReader(str(tmp_path / "a.edf")) as reader:
        assert reader.getSampleFrequency(0) == pytest.approx(sfreq_hz, rel=1e-6)
        onsets, _, texts = reader.readAnnotations()
    marker = list(texts).index("pads checked, µV ok")
    assert onsets[marker] == pytest.approx(1500 / sfreq_hz, abs=2e-6 * 1500 / sfreq_hz + 1e-6)


@given(st.integers(4000, 64_000), st.sampled_from([1, 3, 7, 8, 64]))
def test_records_hold_whole_samples_in_eight_characters(timer_top: int, divisor: int) -> None:
    sfreq_hz = float(Fraction(16_000_000, timer_top * divisor))
    record = data_record(sfreq_hz)
    assert len(str(record.duration_s).removesuffix(".0")) <= 8
    assert record.n_samples / record.duration_s == pytest.approx(
        sfreq_hz, rel=1e-12 if record.exact else 1e-6
    )
    assert record.duration_s <= 12.0


def test_long_recordings_at_odd_rates_are_accepted(tmp_path: Path) -> None:
    """edfio compares durations as floats: what holds for a minute need not hold for two hours."""
    from emgfeedback.exports.edf import _content, _Samples, _Signal

    info = stream_info(1, sfreq_hz=62500 / 63)
    path = synthetic(tmp_path / "a.emgsession", info, n=800)
    with SessionFile(path) as session:
        whole = data_record(info.sfreq_hz)
        for n_records in (3600, 7177, 9001):
            counts = np.zeros((1, n_records * whole.n_samples), dtype=np.int32)
            samples = _Samples(counts, 0, counts.shape[1], (), whole)
            signal = _Signal.of(info.channels[0], "x", counts[0], tmp_path / "a.edf")
            edf = _content(session, tmp_path / "a.edf", [signal], samples.record, [])
            assert edf.num_data_records == n_records


def test_counts_outside_the_announced_range_stay_what_they_are(tmp_path: Path) -> None:
    info = stream_info(bits=12)
    narrow = StreamInfo(
        **{name: getattr(info, name) for name in info.__dataclass_fields__ if name != "channels"},
        channels=tuple(
            type(c)(c.pin, c.muscle, c.side, c.signal, (1000, 1100), (-100.0, 100.0), 200.0)
            for c in info.channels
        ),
    )
    path = synthetic(tmp_path / "a.emgsession", narrow)
    export(path, tmp_path / "a.edf")
    index, counts, _ = samples_of(path)
    for read in physical(tmp_path / "a.edf"):
        np.testing.assert_allclose(read[:, index].T, narrow.to_microvolts(counts), atol=2.0)


def test_too_many_bits_and_too_long_are_sentences_that_name_a_way_out(tmp_path: Path) -> None:
    path = synthetic(tmp_path / "a.emgsession", stream_info(bits=24))
    with pytest.raises(
        ExportError, match=r"cannot hold glute right: it needs more than 16 bits; export it as \.bdf\.$"
    ):
        export(path, tmp_path / "a.edf")
    export(path, tmp_path / "a.bdf")
    long = synthetic(tmp_path / "b.emgsession", stream_info(), n=10**12 + 32, losses={16: 10**12})
    with pytest.raises(
        ExportError, match=r"too long for EDF \(277777\.8 h with gaps\); export it as \.csv\.$"
    ):
        export(long, tmp_path / "b.edf")
    export(long, tmp_path / "b.csv")
    assert pd.read_csv(tmp_path / "b.csv")["gap_samples"].max() == 10**12
    empty = synthetic(tmp_path / "c.emgsession", stream_info(), n=0)
    with pytest.raises(ExportError, match="holds no samples"):
        export(empty, tmp_path / "c.edf")
    export(empty, tmp_path / "c.csv")
    assert len(pd.read_csv(tmp_path / "c.csv")) == 0


# All formats.


def test_an_unknown_suffix_lists_the_known_ones(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(
        ExportError, match=r"'\.xls' is no format known here; use one of (\.\w+(, )?)+\.$"
    ) as caught:
        export(recorded.path, tmp_path / "a.xls")
    assert all(suffix in str(caught.value) for suffix in WRITERS)


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_a_file_that_exists_is_replaced_only_by_force(
    recorded: Recorded, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"a{suffix}"
    target.write_text("mine")
    with pytest.raises(
        ExportError, match="exists already; choose another name, or use --force to replace it"
    ):
        export(recorded.path, target)
    assert target.read_text() == "mine"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export(recorded.path, target, force=True)
    content = target.read_bytes()
    assert len(content) > 1000
    assert b"simulated" in content
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_a_target_that_cannot_be_is_one_sentence(recorded: Recorded, tmp_path: Path, suffix: str) -> None:
    with pytest.raises(SessionError, match=r"cannot be written: No such file or directory\.$"):
        export(recorded.path, tmp_path / "nowhere" / f"a{suffix}")


def test_json_holds_all_but_the_samples(recorded: Recorded, tmp_path: Path) -> None:
    export(recorded.path, tmp_path / "a.json")
    facts = json.loads((tmp_path / "a.json").read_text())
    assert len(facts["reps"]) == len(recorded.reps)
    assert facts["reps"][0]["start_s"] == recorded.reps[0].start / 1000.0
    assert facts["stream"]["sfreq_hz"] == 1000.0


# Decimal text.


@given(st.lists(st.floats(-1e8, 1e8) | st.just(math.nan), min_size=1, max_size=50), st.integers(1, 7))
def test_fixed_point_text_is_the_number_to_half_a_unit(values: list[float], decimals: int) -> None:
    text = lines([fixed_point(np.array(values), decimals)]).decode().splitlines()
    for value, field in zip(values, text, strict=True):
        if math.isnan(value):
            assert field == ""
            continue
        assert abs(float(field) - value) <= 0.5000001 * 10.0**-decimals + 1e-15 * abs(value)
        assert len(field.partition(".")[2]) == decimals
        assert field.lstrip("-").startswith("0.") or not field.lstrip("-").startswith("0")


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=50))
def test_whole_numbers_are_themselves(values: list[int]) -> None:
    text = lines([whole_numbers(np.array(values))]).decode().split()
    assert text == [str(value) for value in values]


def test_words_stand_for_codes_and_nothing_for_the_unknown() -> None:
    fields = [words(np.array([0, -1, 1]), ["on", "away"]), words(np.array([1, 1, -1]), ["0", "1"])]
    assert lines(fields) == b"on,1\n,1\naway,\n"
