"""Does an older calibration still hold today? Three squeezes of 3 s a muscle against those of then.

The level of a muscle is the geometric mean of its squeezes over the same stretch of time, rest taken
off. All limits are the project's own choices, tried on simulated days (``tests/test_comparable.py``):
no people were measured.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from calibration.comparison import ChannelComparison, ChannelToday, Comparison, Today, Word, day_of
from calibration.contact import FINE_COUNT_UV, Verdict
from calibration.record import Calibration, ChannelCalibration, Trial
from calibration.setup import changed_setup

#: A level that changed by more than this factor (-19 %, +23 %) does not compare: between a change of 5 %,
#: which passes, and one of 30 %, which is found.
LEVEL_FACTOR: Final = math.exp(0.21)
#: Fewer squeezes than this, on either day, tell only a change by more than the gross factor.
NEEDED: Final = 3
GROSS_FACTOR: Final = 2.0
#: Squeezes of one day that differ by more than this factor have no common level.
SPREAD_FACTOR: Final = math.exp(0.5)
#: A median frequency that shifted by more than this factor, or a part of crosstalk that changed by more
#: than this, says that the pads see something else. Beside a changed level the second limits are enough.
SHIFT_FACTOR: Final = 1.13
SHIFT_BESIDE: Final = 1.08
CROSSTALK_CHANGE: Final = 0.10
CROSSTALK_BESIDE: Final = 0.06
#: In its own squeeze a muscle reads less than this part of what another one reads, each in parts of its
#: own 100 %: then the other lead is on it, if that one reads at least the second part.
SWAPPED_OF_OTHER: Final = 0.5
SWAPPED_LEAST: Final = 0.3
#: From day to day a rest varies by 30 %; what changed more, and with the squeezes, changed by the gain.
REST_FACTOR: Final = 1.45
#: A rest louder than this many times that of then is worth a word.
REST_LOUD: Final = 2.0


def compare(then: Calibration, today: Today) -> Comparison:
    """The verdict: comparable, not comparable, or cannot tell, with its reason in plain words."""
    verdict = Comparison(
        today.wearer, today.created, today.board_id, today.simulated, then.created, "comparable", "", ""
    )
    setup = changed_setup(then, today)
    if setup:
        reason = f"{setup}. Calibrate again."
        return replace(verdict, word="not comparable", cause="setup", reason=reason)
    channels = tuple(
        _channel(then, own, today)
        for own in today.channels
        if own.spec.calibrated and then.channel(own.spec.pin) is not None
    )
    worst = min(channels, key=_urgency, default=None)
    if worst is None:
        return replace(verdict, word="cannot tell", cause="unknown", reason="nothing was measured.")
    reason = "" if worst.word == "comparable" else worst.text
    return replace(verdict, word=worst.word, cause=worst.cause, reason=reason, channels=channels)


def rest_verdict(then_uv: float, today_uv: float, uv_per_count: float) -> Verdict:
    """What the rests alone say: never that the calibration does not hold."""
    ratio = _ratio(today_uv, then_uv)
    if uv_per_count > FINE_COUNT_UV or not ratio:
        return Verdict("rest", "cannot tell", "The rest says nothing: the converter is too coarse.")
    text = f"The rest reads {ratio:.1f} times that of then."
    if ratio <= REST_LOUD:
        return Verdict("rest", "good", text)
    return Verdict("rest", "warn", text, "Let go, and press the pads down.")


def swapped_with(then: Calibration, own: ChannelToday) -> ChannelCalibration | None:
    """The channel whose lead seems to be on this muscle, or ``None``."""
    record = then.channel(own.spec.pin)
    if record is None:
        return None
    levels = {pin: uv / other.mvc_uv for pin, uv, other in _others(then, own)}
    if not levels:
        return None
    pin = max(levels, key=levels.__getitem__)
    felt = [trial.rms_uv for trial in own.trials]
    own_part = (sum(felt) / len(felt) if felt else 0.0) / record.mvc_uv
    found = levels[pin] >= SWAPPED_LEAST and own_part < SWAPPED_OF_OTHER * levels[pin]
    return then.channel(pin) if found else None


def _others(then: Calibration, own: ChannelToday) -> list[tuple[str, float, ChannelCalibration]]:
    records = ((pin, uv, then.channel(pin)) for pin, uv in own.others_uv.items())
    return [(pin, uv, record) for pin, uv, record in records if record is not None]


def _urgency(channel: ChannelComparison) -> tuple[int, float]:
    """What decides first: leads, pads, gains, levels, then what cannot be told."""
    order = ("leads swapped", "pads moved", "gain changed", "level changed", "unknown", "")
    return order.index(channel.cause), -abs(math.log(channel.level)) if channel.level else 0.0


def _channel(then: Calibration, own: ChannelToday, today: Today) -> ChannelComparison:
    record = then.channel(own.spec.pin)
    if record is None:
        raise ValueError(f"The calibration has no {own.spec.pin}.")
    found = _measured(record, own)
    name = own.spec.name
    other = swapped_with(then, own)
    if other is not None:
        text = f"the leads of the {name} and the {other.side} {other.muscle} are swapped. Swap them back."
        return replace(found, word="not comparable", cause="leads swapped", text=text)
    unclear = _unclear(record, own, found.level)
    changed = bool(found.level) and not _within(found.level, LEVEL_FACTOR)
    if _moved(record, own, found, beside=changed and not unclear):
        text = f"the pads of the {name} were moved. Calibrate again."
        return replace(found, word="not comparable", cause="pads moved", text=text)
    if unclear:
        return replace(found, word="cannot tell", cause="unknown", text=unclear)
    if changed:
        return _changed(found, name)
    text = f"{name[:1].upper()}{name[1:]}: {_beside(found.level, then, today)}."
    return replace(found, text=text)


def _measured(record: ChannelCalibration, own: ChannelToday) -> ChannelComparison:
    """The ratios of today to then; no verdict yet."""
    rest_uv = own.rest.level_uv if own.rest else record.rest_uv
    counting = tuple(trial for trial in own.trials if trial.accepted)
    level_then = _level(record.counting, record.rest_uv, raw=own.spec.raw)
    level_now = _level(counting, rest_uv, raw=own.spec.raw)
    hz_then, hz_now = _frequency(record.counting), _frequency(counting)
    coarse = rest_verdict(record.rest_uv, rest_uv, own.spec.uv_per_count).grade == "cannot tell"
    word: Word = "comparable"
    return ChannelComparison(
        own.spec.pin,
        record.muscle,
        record.side,
        word,
        "",
        "",
        level=_ratio(level_now, level_then),
        frequency=_ratio(hz_now, hz_then),
        rest=0.0 if coarse or own.rest is None else _ratio(rest_uv, record.rest_uv),
        trials=own.trials,
    )


def _level(trials: Sequence[Trial], rest_uv: float, *, raw: bool) -> float:
    """Geometric mean of the muscle's own levels in µV; 0 without any."""
    felt = [_muscle_uv(trial.first_3s_uv or trial.rms_uv, rest_uv, raw=raw) for trial in trials]
    if not felt or min(felt) <= 0.0:
        return 0.0
    return math.exp(math.fsum(map(math.log, felt)) / len(felt))


def _muscle_uv(level_uv: float, rest_uv: float, *, raw: bool) -> float:
    """A level without its rest: noise and muscle add in power in raw EMG, as they are in an envelope."""
    return math.sqrt(max(level_uv**2 - rest_uv**2, 0.0)) if raw else max(level_uv - rest_uv, 0.0)


def _frequency(trials: Sequence[Trial]) -> float:
    known = sorted(trial.median_hz for trial in trials if trial.median_hz > 0.0)
    middle = known[(len(known) - 1) // 2 : len(known) // 2 + 1]
    return math.fsum(middle) / len(middle) if middle else 0.0


def _unclear(record: ChannelCalibration, own: ChannelToday, level: float) -> str:
    """Why the squeezes do not tell, or nothing."""
    counting = [trial for trial in own.trials if trial.accepted]
    gross = level > 0.0 and not _within(level, GROSS_FACTOR)
    name = own.spec.name
    if not counting:
        return f"no squeeze of the {name} counts. A rest alone says nothing."
    if level <= 0.0 or (len(record.counting) < NEEDED and not gross):
        return f"too few squeezes of the {name} were kept then. Calibrate again."
    if len(counting) < NEEDED and not gross:
        return f"too few squeezes of the {name} count today. Check again."
    levels = [trial.first_3s_uv or trial.rms_uv for trial in counting]
    if max(levels) > SPREAD_FACTOR * min(levels):
        differ = 100.0 * (1.0 - min(levels) / max(levels))
        return f"squeezes of the {name} differ by {differ:.0f} %. Check again, all as hard."
    return ""


def _moved(record: ChannelCalibration, own: ChannelToday, found: ChannelComparison, *, beside: bool) -> bool:
    """Whether spectrum or crosstalk changed, as they do when pads lie elsewhere."""
    shift, change = (SHIFT_BESIDE, CROSSTALK_BESIDE) if beside else (SHIFT_FACTOR, CROSSTALK_CHANGE)
    shifted = found.frequency > 0.0 and not _within(found.frequency, shift)
    heard = record.crosstalk.keys() & own.crosstalk.keys()
    return shifted or any(abs(own.crosstalk[pin] - record.crosstalk[pin]) > change for pin in heard)


def _changed(found: ChannelComparison, name: str) -> ChannelComparison:
    """The level changed and nothing else did: the gain, if the rest changed likewise."""
    if found.rest and not _within(found.rest, REST_FACTOR) and (found.rest > 1.0) == (found.level > 1.0):
        text = f"the gain of the {name} changed. Calibrate again."
        return replace(found, word="not comparable", cause="gain changed", text=text)
    less = found.level < 1.0
    text = (
        f"the {name} reads {_difference(found.level)}. Its gain changed, or you squeezed "
        f"{'less' if less else 'harder'}. Calibrate again."
    )
    return replace(found, word="not comparable", cause="level changed", text=text)


def _difference(level: float) -> str:
    percent = 100.0 * abs(level - 1.0)
    return f"{percent:.0f} % {'less' if level < 1.0 else 'more'}"


def _beside(level: float, then: Calibration, today: Today) -> str:
    """``3 % less than on Tuesday``, or ``as on Tuesday``."""
    day = day_of(then.created, today.created)
    day = day if day.startswith("today") else f"on {day}"
    difference = _difference(level)
    return f"as {day}" if difference.startswith("0 %") else f"{difference} than {day}"


def _ratio(now: float, then: float) -> float:
    """Today / then; 0 where that is no number to go by."""
    ratio = now / then if then > 0.0 else 0.0
    return ratio if math.isfinite(ratio) else 0.0


def _within(ratio: float, factor: float) -> bool:
    return 1.0 / factor <= ratio <= factor
