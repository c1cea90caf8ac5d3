"""analyse: the same reps as live, honest names without a calibration, one sentence for whatever is wrong."""

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from simulated_signals import BOTH_LEGS, Recording, record, run

from calibration.form import dump
from device.channel_map import parse_column_map
from emgfeedback.analyse import Analysis, AnalysisRequest, analyse
from emgfeedback.analyse.zero_phase import zero_phase
from emgfeedback.cli import main
from emgfeedback.dsp.design import emg_sections, response

COLUMNS = "GMAX=glute:right,VL=quad:right"


def write_csv(path: Path, columns: dict[str, np.ndarray]) -> Path:
    rows = zip(*[[repr(float(v)) for v in values] for values in columns.values()], strict=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([list(columns), *rows])
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def as_csv(folder: Path, recording: Recording, names: tuple[str, ...] = ("GMAX", "VL")) -> Path:
    uv = recording.info.to_microvolts(recording.counts)
    time_s = np.arange(len(uv)) / recording.info.sfreq_hz
    columns = {"time_s": time_s} | {name: uv[:, k] for k, name in enumerate(names)}
    return write_csv(folder / "emg.csv", columns)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record("balanced", "bridge-cued", 2, 30.0)


@pytest.fixture(scope="module")
def files(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A CSV of µV, and the calibration of the same pads."""
    folder = tmp_path_factory.mktemp("analyse")
    calibration = folder / "ann.calibration.json"
    calibration.write_text(dump(recording.calibration))
    return as_csv(folder, recording), calibration


def request(file: Path, **more: object) -> Analysis:
    values: dict[str, object] = {
        "channels": parse_column_map(COLUMNS),
        "sfreq_hz": 1000.0,
        "unit": "uV",
    } | more
    return analyse(AnalysisRequest(file, **values))  # type: ignore[arg-type]


def command(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["analyse", *(str(a) for a in arguments)])
    return result.exit_code, result.output


def test_with_a_calibration_the_reps_are_the_live_ones(recording, files) -> None:
    file, calibration = files
    analysis = request(file, calibration=calibration)
    live = run(recording)[1]
    assert len(live) >= 5
    assert [(r.start, r.hold_start, r.hold_stop, r.stop, r.told) for r in analysis.reps] == [
        (r.start, r.hold_start, r.hold_stop, r.stop, r.told) for r in live
    ]
    assert np.allclose([r.share for r in analysis.reps], [r.share for r in live], atol=2e-3)
    assert np.allclose([r.mean_percent[:2] for r in analysis.reps], [r.mean_percent for r in live], atol=0.05)


def test_filtered_without_delay_the_reps_stay_where_they_are(files) -> None:
    """The offline filter keeps every frequency's size, so the live calibration still fits."""
    file, calibration = files
    causal, offline = (request(file, calibration=calibration, zero_phase=late) for late in (False, True))
    assert len(causal.reps) == len(offline.reps)
    for a, b in zip(causal.reps, offline.reps, strict=True):
        assert abs(a.start - b.start) <= 40
        assert b.share == pytest.approx(a.share, abs=0.005)
        assert b.mean_percent[:2] == pytest.approx(a.mean_percent[:2], rel=0.02)


def test_the_offline_filter_has_the_live_filters_size_and_no_delay() -> None:
    sections, times_s = emg_sections(20.0, 450.0, 0.0, 1000.0), np.arange(4000) / 1000.0
    for hz in (15.0, 20.0, 80.0, 300.0):
        wave = np.sin(2.0 * np.pi * hz * times_s)[:, None]
        size = abs(response(sections, np.array([hz]), 1000.0)[0])
        filtered = zero_phase(sections, wave + 500.0, 1000.0)
        assert np.abs(filtered - size * wave)[500:-500].max() < 0.01


def test_without_a_calibration_nothing_is_called_mvc(files, tmp_path) -> None:
    out = tmp_path / "reps.csv"
    status, text = command(files[0], "--sfreq", 1000, "--unit", "uV", "--channels", COLUMNS, "--out", out)
    assert status == 0, text
    assert "100 % is its best 500 ms" in text
    rows = read_rows(out)
    assert len(rows) >= 5
    assert "mvc" not in out.read_text()
    assert [int(row["rep"]) for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert row["side"] == "right"
        assert (
            float(row["start_s"])
            < float(row["hold_start_s"])
            < float(row["hold_stop_s"])
            < float(row["stop_s"])
        )
        assert 30.0 < float(row["glute_mean_percent_file_maximum"]) <= 100.0
        assert 0.2 < float(row["glute_share_of_file_maximum"]) < 0.8
        assert row["left_out"] == ""


def test_with_a_calibration_the_columns_say_mvc(files, tmp_path) -> None:
    out = tmp_path / "reps.csv"
    usual = (files[0], "--sfreq", 1000, "--unit", "uV", "--channels", COLUMNS)
    status, text = command(*usual, "--calibration", files[1], "--out", out)
    assert status == 0, text
    row = read_rows(out)[0]
    assert float(row["glute_mean_percent_mvc"]) == pytest.approx(28.0, abs=6.0)
    assert 0.0 < float(row["glute_share"]) < 1.0
    assert "file_maximum" not in out.read_text()


def test_millivolts_and_counts_give_the_same_reps(recording, files, tmp_path) -> None:
    uv = recording.info.to_microvolts(recording.counts)
    millivolts = write_csv(tmp_path / "mv.csv", {"GMAX": uv[:, 0] / 1000.0, "VL": uv[:, 1] / 1000.0})
    counts = write_csv(tmp_path / "counts.csv", dict(zip(("GMAX", "VL"), recording.counts.T, strict=True)))
    wanted = [(rep.start, rep.stop) for rep in request(files[0]).reps]
    assert [(rep.start, rep.stop) for rep in request(millivolts, unit="mV").reps] == wanted
    assert [(rep.start, rep.stop) for rep in request(counts, unit="counts", bits=12).reps] == wanted


def test_the_converters_step_is_found_in_microvolts(recording, files) -> None:
    step_uv = recording.info.channels[0].uv_per_count
    assert request(files[0]).samples.step_uv == pytest.approx((step_uv, step_uv))
    noise = np.random.default_rng(1).normal(0.0, 30.0, (4000, 2))
    noise[2000:] *= 10.0
    file = write_csv(files[0].with_name("noise.csv"), {"GMAX": noise[:, 0], "VL": noise[:, 1]})
    assert np.isnan(request(file).samples.step_uv).all()


def test_one_muscle_alone_has_reps_and_no_share(files) -> None:
    analysis = request(files[0], channels=parse_column_map("GMAX=glute:right"))
    assert len(analysis.reps) == len(request(files[0]).reps)
    assert {rep.left_out for rep in analysis.reps} == {"quad not recorded"}
    assert all(np.isnan(rep.share) for rep in analysis.reps)


def test_both_legs_have_their_own_rows(tmp_path) -> None:
    file = as_csv(tmp_path, record("balanced", "bridge-cued", 2, 30.0, BOTH_LEGS), ("GR", "QR", "GL", "QL"))
    channels = parse_column_map("GR=glute:right,QR=quad:right,GL=glute:left,QL=quad:left")
    sides = [rep.side for rep in request(file, channels=channels).reps]
    assert sides.count("left") == sides.count("right") >= 5


def test_clipped_samples_are_counted_and_a_clipped_rep_is_left_out(recording, tmp_path) -> None:
    counts = recording.counts - 2048
    loud = np.clip(counts * 120 + 2048, 0, 4095)
    file = write_csv(tmp_path / "loud.csv", {"GMAX": loud[:, 0], "VL": loud[:, 1]})
    analysis = request(file, unit="counts", bits=12)
    assert analysis.clipped[0] > 100
    assert len(analysis.reps) == len(run(recording)[1])
    assert all(rep.left_out for rep in analysis.reps)
    assert sum("clipped" in rep.left_out for rep in analysis.reps) >= 4


def test_a_column_that_never_works_has_no_percent(recording, tmp_path) -> None:
    uv = recording.info.to_microvolts(recording.counts)
    rest = np.random.default_rng(3).normal(0.0, 5.0, len(uv))
    file = write_csv(tmp_path / "rest.csv", {"GMAX": uv[:, 0], "VL": rest})
    analysis = request(file)
    assert "no activation told from rest" in analysis.sentences[1]
    assert {rep.left_out for rep in analysis.reps} == {"quad not measured"}
    assert all(np.isnan(rep.mean_percent[1]) for rep in analysis.reps)


BAD_FILES = {
    "no such column": ("GMAX,VM\n1,2\n", "has no column 'VL'; it has: GMAX, VM."),
    "no rows": ("GMAX,VL\n", "has no samples"),
    "empty": ("", "has no column 'GMAX'; it has: none."),
    "a word": ("GMAX,VL\n1,2\n3,loose\n", "line 3 has 'loose', which is no number, in column 'VL'"),
    "a gap": ("GMAX,VL\n1,2\n,4\n5,6\n,8\n", "line 3 has nothing in column 'GMAX', and 1 more row(s)"),
    "NaN": ("GMAX,VL\n1,2\n1,2\n1,nan\n", "line 4 has 'nan', which is no number, in column 'VL'"),
    "a short row": ("GMAX,VL\n1,2\n1\n", "line 3 has nothing in column 'VL'"),
    "twice the name": ("GMAX,VL,VL\n1,2,3\n", "2 columns named 'VL'"),
    "another rate": (
        "time_s,GMAX,VL\n0,1,2\n0.0005,1,2\n0.001,1,2\n",
        "says 2000 samples a second, --sfreq says 1000",
    ),
    "a jump": (
        "time_s,GMAX,VL\n0,1,2\n0.001,1,2\n0.002,1,2\n0.1,1,2\n",
        "jumps from 0.002 to 0.1 s in line 5",
    ),
    "too short": ("GMAX,VL\n" + "1,2\n" * 900, "shorter than a second"),
}


@pytest.mark.parametrize(("text", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_wrong_file_is_one_sentence(tmp_path, text: str, words: str) -> None:
    file = tmp_path / "emg.csv"
    file.write_text(text)
    status, told = command(
        file, "--sfreq", 1000, "--unit", "uV", "--channels", COLUMNS, "--out", tmp_path / "t.csv"
    )  # fmt: skip
    assert status == 1
    assert words in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "t.csv").exists()


def test_other_wrong_requests_are_one_sentence(files, recording, tmp_path) -> None:
    file, calibration = files
    out = tmp_path / "t.csv"
    usual = {"--sfreq": 1000, "--unit": "uV", "--channels": COLUMNS, "--out": out}

    def told(*, status: int, words: str, target: Path = file, **changed: object) -> None:
        options = usual | {f"--{name}": value for name, value in changed.items()}
        got, text = command(target, *(part for pair in options.items() for part in pair))
        assert (got, words in text, len(text.strip().splitlines())) == (status, True, 1), text

    told(status=1, words="cannot be read: No such file", target=tmp_path / "none.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00GMAX")
    told(status=1, words="is not a CSV file", target=binary)
    told(status=1, words="which is no count; is the unit uV or mV?", unit="counts")
    told(status=2, words="'V' is not one of", unit="V")
    told(status=2, words="COLUMN=MUSCLE:SIDE", channels="GMAX")
    told(status=2, words="--sfreq", sfreq=0)
    told(status=1, words="use OUT.csv", out=tmp_path / "t.txt")
    told(status=1, words="exists already", out=file)
    told(
        status=1,
        words="has no raw quad left",
        channels="GMAX=glute:right,VL=quad:left",
        calibration=calibration,
    )
    counts = write_csv(tmp_path / "counts.csv", dict(zip(("GMAX", "VL"), recording.counts.T, strict=True)))
    told(
        status=1,
        words="which 8 bits cannot hold (0 to 255); is --bits right?",
        target=counts,
        unit="counts",
        bits=8,
    )
    told(status=2, words="counts are not", target=counts, unit="counts", calibration=calibration)
    told(status=1, words="cannot be read", calibration=tmp_path / "none.json")
