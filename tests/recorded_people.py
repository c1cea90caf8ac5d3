"""Where the recordings of people lie, and how the tests read them. They are never part of the project."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from device.channel_map import parse_column_map
from emgfeedback.analyse import Analysis, AnalysisRequest, analyse

Array = NDArray[np.float64]

VARIABLE = "EMGFEEDBACK_TEST_DATA"
BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

D1 = "d1_gait_glute_quad"
D2_HUM = "d2_quad_knee_extension/1N_sitting_extension_60Hz_hum.csv"
D2_CLEAN = "d2_quad_knee_extension/5N_sitting_extension.csv"
D3_FATIGUE = "d3_adc_counts_biceps/emg_fatigue.csv"
D3_BURSTS = "d3_adc_counts_biceps/emg_bursts.csv"
D4 = [f"d4_isometric_force_vl/ID{n}_VL_hold.csv" for n in (2, 4, 24)]


def path_of(name: str) -> Path:
    """The file or folder ``name`` among the recordings; skips the test where they are absent."""
    folder = Path(os.environ.get(VARIABLE) or BESIDE)
    if not (folder / name).exists():
        pytest.skip(f"no recordings of people at {folder}; set {VARIABLE} to their folder")
    return folder / name


def table(name: str) -> dict[str, Array]:
    """The columns of a recording by name."""
    path = path_of(name)
    with path.open() as file:
        names = file.readline().strip().split(",")
    return dict(zip(names, np.loadtxt(path, delimiter=",", skiprows=1).T, strict=True))


def analysed(
    name: str, channels: str, unit: str, sfreq_hz: float = 1000.0, bits: int | None = None
) -> Analysis:
    """The recording through ``analyse`` with defaults."""
    request = AnalysisRequest(path_of(name), parse_column_map(channels), sfreq_hz, unit, bits)  # type: ignore[arg-type]
    return analyse(request)
