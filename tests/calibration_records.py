"""Calibrations for tests: one plain record, and a hypothesis strategy for all that JSON can hold."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import get_args

from hypothesis import strategies as st

from calibration.comparison import Cause, ChannelComparison, Comparison, Word
from calibration.plan import ChannelSpec
from calibration.record import Calibration, ChannelCalibration, Quality, Trial

TRIAL = Trial(
    12_000, 16_200, 163.2, 171.9, accepted=True, position="prone", first_3s_uv=164.0, median_hz=71.5
)
GLUTE = ChannelCalibration(
    pin="A0",
    muscle="glute",
    side="right",
    signal="raw",
    gain=200.0,
    rest_uv=3.1,
    rest_sd_uv=0.2,
    mvc_uv=163.2,
    best_500ms_uv=171.9,
    quality="good",
    trials=(TRIAL,),
    site="gluteus maximus",
    position="prone",
    median_hz=71.5,
    crosstalk={"A1": 0.04},
)
QUAD = replace(GLUTE, pin="A1", muscle="quad", mvc_uv=301.0, site="vastus lateralis", crosstalk={"A0": 0.11})
CALIBRATION = Calibration(
    wearer="Zoë Ødegård",
    created="2025-03-04T18:30:00+01:00",
    board_id="F00D-42",
    sfreq_hz=1000.0,
    simulated=False,
    channels=(GLUTE, QUAD),
    chain={"band_low_hz": 20.0, "notch_hz": 0.0},
)
COMPARISON = Comparison(
    wearer="Zoë Ødegård",
    created="2025-03-06T07:15:00+01:00",
    board_id="F00D-42",
    simulated=False,
    calibration_created=CALIBRATION.created,
    word="not comparable",
    cause="gain changed",
    reason="the gain of the right glute changed. Calibrate again.",
    channels=(
        ChannelComparison(
            "A0", "glute", "right", "not comparable", "gain changed", "the gain of the right glute changed.",
            level=0.62, frequency=1.01, rest=0.6, trials=(TRIAL,),
        ),
    ),
)  # fmt: skip
SPECS = tuple(ChannelSpec(c.pin, c.muscle, c.side, c.signal, c.gain) for c in CALIBRATION.channels)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
numbers = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=1e-300, allow_nan=False, allow_infinity=False)
not_negative = st.floats(min_value=0.0, allow_nan=False, allow_infinity=False)
moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 -- the strategy wants naive bounds
    timezones=st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
trials = st.builds(
    Trial,
    start=st.integers(),
    stop=st.integers(),
    rms_uv=numbers,
    best_500ms_uv=numbers,
    accepted=st.booleans(),
    reason=texts,
    position=texts,
    first_3s_uv=not_negative,
    median_hz=not_negative,
)


@st.composite
def channels(draw: st.DrawFn, pin: str) -> ChannelCalibration:
    """One channel with a rest below its 100 %."""
    rest, mvc = sorted(draw(st.lists(st.floats(0.0, 1e6), min_size=2, max_size=2, unique=True)))
    return ChannelCalibration(
        pin=pin,
        muscle=draw(texts),
        side=draw(texts),
        signal=draw(texts),
        gain=draw(positive),
        rest_uv=rest,
        rest_sd_uv=draw(numbers),
        mvc_uv=mvc,
        best_500ms_uv=draw(numbers),
        quality=draw(st.sampled_from(get_args(Quality))),
        trials=tuple(draw(st.lists(trials, max_size=3))),
        site=draw(texts),
        interelectrode_mm=draw(not_negative),
        position=draw(texts),
        median_hz=draw(not_negative),
        crosstalk=draw(st.dictionaries(texts, numbers, max_size=2)),
    )


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    """Any record that the procedure, a test or a hand could make."""
    pins = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    return Calibration(
        wearer=draw(texts),
        created=draw(moments).isoformat(),
        board_id=draw(texts),
        sfreq_hz=draw(positive),
        simulated=draw(st.booleans()),
        channels=tuple(draw(channels(pin)) for pin in pins),
        chain=draw(st.dictionaries(texts, st.one_of(numbers, texts), max_size=5)),
        method=draw(st.sampled_from(["mvc", "reference"])),
    )


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Any verdict of a check."""
    words = st.sampled_from(get_args(Word))
    causes = st.sampled_from(get_args(Cause))
    found = st.builds(
        ChannelComparison,
        pin=texts,
        muscle=texts,
        side=texts,
        word=words,
        cause=causes,
        text=texts,
        level=not_negative,
        frequency=not_negative,
        rest=not_negative,
        trials=st.lists(trials, max_size=2).map(tuple),
    )
    return Comparison(
        wearer=draw(texts),
        created=draw(moments).isoformat(),
        board_id=draw(texts),
        simulated=draw(st.booleans()),
        calibration_created=draw(moments).isoformat(),
        word=draw(words),
        cause=draw(causes),
        reason=draw(texts),
        channels=tuple(draw(st.lists(found, max_size=2))),
    )
