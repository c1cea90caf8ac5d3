"""Crosstalk: measured to 5 points, told from the other muscle's own work, warned of when it matters.

20 seeds a cell, three squeezes each, as the guided calibration takes them. The other muscle's signal arrives
as it is, or 2 ms late and duller. Muscles that work together and share a rhythm are not simulated.
"""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from another_day import BAND, CORNERS_HZ, MVC_UV, SFREQ_HZ, SPECS, resting_noise, shaped, wandering
from numpy.typing import NDArray
from scipy import signal as scipy_signal
from squeezing_wearer import SHORT, Wearer

from calibration.contact import Verdict, crosstalk, crosstalk_part
from calibration.findings import Findings, told_crosstalk
from calibration.protocol import Procedure
from calibration.record import ChannelCalibration

Array = NDArray[np.float64]

SEEDS = range(20)
SQUEEZES, SAMPLES, SETTLING = 3, 4000, 500
PARTS = (0.0, 0.10, 0.14, 0.25, 0.30, 0.40)
#: Parts of its own maximum at which the quad works while the glute squeezes.
QUIET, BUSY = (0.0, 0.05, 0.10, 0.15), (0.20, 0.25, 0.30)
DULL = np.concatenate([np.zeros(2), np.exp(-np.arange(6) / 2.0)])


@cache
def muscles(seed: int) -> tuple[Array, Array, Array, Array]:
    """Glute and quad at full strength, and the noise of their pads: each (squeezes, samples) µV."""
    rng = np.random.default_rng(seed)
    made = [
        MVC_UV[k] * wandering(rng, SQUEEZES, SAMPLES) * shaped(rng, SQUEEZES, SAMPLES, CORNERS_HZ[k])
        for k in (0, 1)
    ]
    made += [resting_noise(rng, SQUEEZES, SAMPLES) for _ in (0, 1)]
    glute, quad, *noise = (scipy_signal.sosfilt(BAND, part, axis=-1)[:, SETTLING:] for part in made)
    return glute, quad, noise[0], noise[1]


def found(seed: int, part: float, work: float, dull: bool = False) -> tuple[float | None, Verdict]:
    """What the findings of a calibration say about the quad's pads after three glute squeezes."""
    glute, quad, glute_noise, quad_noise = muscles(seed)
    mvc_uv = float(np.sqrt(np.mean(quad**2)))
    arriving = scipy_signal.lfilter(DULL, [1.0], glute, axis=-1) if dull else glute
    arriving = part * arriving * np.sqrt(np.mean(glute**2) / np.mean(arriving**2))
    findings = Findings(SPECS, SFREQ_HZ)
    for k in range(SQUEEZES):
        pads = np.stack(
            [glute[k] + 0.03 * work * quad[k] + glute_noise[k], arriving[k] + work * quad[k] + quad_noise[k]],
            axis=1,
        )
        findings.squeezed(0, pads)
    record = ChannelCalibration("A1", "quad", "right", "raw", 200.0, 5.0, 0.5, mvc_uv, mvc_uv, "good")
    verdicts = findings.verdicts({1: record})[1]
    return findings.heard(1, mvc_uv).get("A0"), next(v for v in verdicts if v.about == "crosstalk")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("work", QUIET)
def test_it_is_measured_to_five_points_and_warned_of_rightly(part: float, work: float) -> None:
    results = [found(seed, part, work) for seed in SEEDS]
    measured = [value for value, _ in results]
    assert None not in measured
    assert np.abs(np.array(measured, dtype=float) - part).max() <= (0.02 if part else 0.05)
    warned = [verdict.grade in ("warn", "bad") for _, verdict in results]
    assert warned == [part >= 0.25] * len(warned)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("work", BUSY)
def test_beside_the_muscles_own_work_it_cannot_be_told_and_that_is_said(part: float, work: float) -> None:
    for seed in SEEDS:
        value, verdict = found(seed, part, work)
        assert value is None
        assert verdict.grade == "cannot tell"
        said = re.fullmatch(r"This muscle worked along at (\d+) %: crosstalk .* from that\.", verdict.text)
        assert said is not None
        assert float(said[1]) == pytest.approx(100 * work, abs=2.0)


@pytest.mark.parametrize("part", [0.14, 0.25])
def test_what_arrives_late_and_dull_is_measured_as_well(part: float) -> None:
    for seed in SEEDS:
        value, verdict = found(seed, part, 0.10, dull=True)
        assert value == pytest.approx(part, abs=0.05)
        assert (verdict.grade in ("warn", "bad")) == (part >= 0.25)


def test_work_alone_is_never_called_crosstalk() -> None:
    """The other side of it: a quad at 15 % of its own strength and no crosstalk at all."""
    assert {found(seed, 0.0, 0.15)[1].grade for seed in SEEDS} == {"good"}


@pytest.mark.parametrize("sfreq_hz", [100.0, 250.0, 500.0, 2000.0, 4000.0])
def test_it_is_measured_at_any_rate(sfreq_hz: float) -> None:
    """At low rates few lags are looked at, at high ones neighbouring samples are nearly the same."""
    band = scipy_signal.butter(2, (20.0, min(450.0, 0.45 * sfreq_hz)), "bandpass", fs=sfreq_hz, output="sos")
    for seed in SEEDS[:6]:
        rng = np.random.default_rng(seed)
        glute, quad, noise = rng.standard_normal((3, round(4 * sfreq_hz)))
        glute, quad = 200.0 * scipy_signal.sosfilt(band, glute), 20.0 * scipy_signal.sosfilt(band, quad)
        part, own_uv = crosstalk_part(glute, 0.25 * glute + quad + 3.0 * noise, sfreq_hz)
        assert part == pytest.approx(0.25, abs=0.03)
        assert own_uv == pytest.approx(float(np.sqrt(np.mean(quad**2) + 9.0)), rel=0.1)


def test_several_squeezes_are_told_by_their_middle() -> None:
    assert told_crosstalk([(0.1, 10.0), (0.2, 12.0), (0.9, 11.0)], 280.0) == 0.2
    assert told_crosstalk([(0.1, 10.0), (0.2, 60.0), (0.3, 61.0)], 280.0) is None
    assert told_crosstalk([(float("nan"), float("nan"))], 280.0) is None
    assert told_crosstalk([], 280.0) is None
    assert crosstalk(0.3, 10.0, 280.0).grade == "bad"


PLAN = replace(
    SHORT, rest_s=2.0, trials=1, max_trials=1, pause_s=1.0, breath_s=0.5, ready_s=0.5, position_s=0.5
)


@pytest.mark.parametrize(("part", "along"), [(0.14, 0.10), (0.25, 0.10), (0.25, 0.30)])
def test_the_whole_calibration_warns_keeps_silent_or_cannot_tell(part: float, along: float) -> None:
    """20 seeds from the first prompt to the notes at the end; the quad is the louder muscle."""
    for seed in range(20):
        wearer = Wearer(seed, heard=part, along=along, length_s=25.0)
        procedure = wearer.follow(Procedure(wearer.specs, SFREQ_HZ, PLAN), chunk=200)
        assert procedure.prompt.kind == "done", procedure.prompt.why
        verdict = next(v for v in procedure.verdicts["A1"] if v.about == "crosstalk")
        notes = [e.text for e in wearer.events if e.kind == "note" and "other muscle" in e.text]
        quad = procedure.channels[1]
        if along > 0.15:
            assert verdict.grade == "cannot tell"
            assert "A0" not in quad.crosstalk
        else:
            assert quad.crosstalk["A0"] == pytest.approx(part, abs=0.05)
            assert bool([note for note in notes if note.startswith("Right quad")]) == (part >= 0.25)
