"""The JSON form of a calibration: one readable object, the same record back to the last bit."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, TypeVar, get_args

from calibration.errors import CalibrationReadError, CalibrationVersionError, CalibrationWriteError
from calibration.record import FORMAT, Calibration, ChannelCalibration, Quality, Trial

#: What the file says it is; anything else is somebody else's JSON.
KIND: Final = "emgfeedback calibration"
METHODS: Final = ("mvc", "reference")
#: The versions that are read. What form 1 did not hold is read as not known.
FORMS: Final = (1, FORMAT)
#: Bytes. A calibration of 8 channels is 20 kB; a far larger file is no calibration.
LARGEST: Final = 1_000_000

Value = TypeVar("Value")


class _Misfit(Exception):
    """A key whose value does not fit; the message names the key and what belongs there."""


def dump(calibration: Calibration) -> str:
    """The record as indented JSON. Raises ``CalibrationWriteError`` for what would not read back."""
    why = "it reads back as something else"
    try:
        text = json.dumps(
            {"kind": KIND, **asdict(calibration)}, indent=2, allow_nan=False, ensure_ascii=False
        )
        whole = parse(text.encode()) == calibration
    except (CalibrationReadError, CalibrationVersionError, TypeError, ValueError) as error:
        whole, why = False, str(error).rstrip(".")
    if not whole:
        raise CalibrationWriteError(f"The calibration cannot be saved ({why}); calibrate again.")
    return text + "\n"


def parse(text: str | bytes, where: str = "the calibration") -> Calibration:
    """JSON -> the record. ``where`` names the source in messages.

    Raises ``CalibrationReadError`` for anything damaged or foreign and ``CalibrationVersionError``
    for a newer form.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, "it is not JSON") from error
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise CalibrationReadError(f"{where} is not a calibration of emgfeedback; choose another file.")
    form = data.get("format")
    if isinstance(form, int) and not isinstance(form, bool) and form > FORMAT:
        raise CalibrationVersionError(
            f"{where} was written by a later version of emgfeedback (form {form}, this one reads up to "
            f"{FORMAT}); update emgfeedback, or calibrate again."
        )
    try:
        return _calibration(data)
    except (_Misfit, ValueError) as error:
        raise _damaged(where, str(error).rstrip(".")) from error


def _damaged(where: str, what: str) -> CalibrationReadError:
    return CalibrationReadError(f"{where} is damaged: {what}; calibrate again, the file stays as it is.")


def _calibration(data: Mapping[str, Any]) -> Calibration:
    created = _get(data, "created", _text)
    if datetime.fromisoformat(created).tzinfo is None:
        raise _Misfit("created needs an offset, as in 2025-03-01T18:30:00+01:00")
    form = _get(data, "format", _whole)
    if form not in FORMS:
        raise _Misfit(f"format must be one of {', '.join(map(str, FORMS))}")
    channels = tuple(_channel(item, form) for item in _get(data, "channels", _items))
    if not channels or len({channel.pin for channel in channels}) < len(channels):
        raise _Misfit("channels needs one entry for each of one or more pins")
    return Calibration(
        wearer=_get(data, "wearer", _text),
        created=created,
        board_id=_get(data, "board_id", _text),
        sfreq_hz=_get(data, "sfreq_hz", _positive),
        simulated=_get(data, "simulated", _yes_no),
        channels=channels,
        chain=_get(data, "chain", _chain),
        method=_one_of(data, "method", METHODS),
    )


def _channel(data: Any, form: int) -> ChannelCalibration:
    channel = ChannelCalibration(
        pin=_get(data, "pin", _text),
        muscle=_get(data, "muscle", _text),
        side=_get(data, "side", _text),
        signal=_get(data, "signal", _text),
        gain=_get(data, "gain", _positive),
        rest_uv=_get(data, "rest_uv", _number),
        rest_sd_uv=_get(data, "rest_sd_uv", _number),
        mvc_uv=_get(data, "mvc_uv", _positive),
        best_500ms_uv=_get(data, "best_500ms_uv", _number),
        quality=_one_of(data, "quality", get_args(Quality)),
        trials=tuple(_trial(item, form) for item in _get(data, "trials", _items)),
        interelectrode_mm=0.0,
    )
    if form == 1:
        return channel
    return replace(
        channel,
        site=_get(data, "site", _text),
        interelectrode_mm=_get(data, "interelectrode_mm", _not_negative),
        position=_get(data, "position", _text),
        median_hz=_get(data, "median_hz", _not_negative),
        crosstalk=_get(data, "crosstalk", _numbers),
    )


def _trial(data: Any, form: int) -> Trial:
    trial = Trial(
        start=_get(data, "start", _whole),
        stop=_get(data, "stop", _whole),
        rms_uv=_get(data, "rms_uv", _number),
        best_500ms_uv=_get(data, "best_500ms_uv", _number),
        accepted=_get(data, "accepted", _yes_no),
        reason=_get(data, "reason", _text),
    )
    if form == 1:
        return trial
    return replace(
        trial,
        position=_get(data, "position", _text),
        first_3s_uv=_get(data, "first_3s_uv", _not_negative),
        median_hz=_get(data, "median_hz", _not_negative),
    )


def _get(data: Any, key: str, convert: Callable[[str, Any], Value]) -> Value:
    if not isinstance(data, dict):
        raise _Misfit("a channel or trial is not an object")
    if key not in data:
        raise _Misfit(f"{key} is missing")
    return convert(key, data[key])


def _text(key: str, value: Any) -> str:
    # A lone surrogate is a Python string that no file can hold.
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise _Misfit(f"{key} must be text")
    return value


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Misfit(f"{key} must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Misfit(f"{key} must be a finite number")
    return number


def _positive(key: str, value: Any) -> float:
    number = _number(key, value)
    if number <= 0.0:
        raise _Misfit(f"{key} must be more than 0")
    return number


def _not_negative(key: str, value: Any) -> float:
    number = _number(key, value)
    if number < 0.0:
        raise _Misfit(f"{key} must not be less than 0")
    return number


def _whole(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Misfit(f"{key} must be a whole number")
    return value


def _yes_no(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Misfit(f"{key} must be true or false")
    return value


def _items(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Misfit(f"{key} must be a list")
    return value


def _numbers(key: str, value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise _Misfit(f"{key} must be an object")
    return {_text(key, name): _number(name, item) for name, item in value.items()}


def _chain(key: str, value: Any) -> dict[str, float | str]:
    if not isinstance(value, dict):
        raise _Misfit(f"{key} must be an object")
    return {
        _text(key, name): _text(name, item) if isinstance(item, str) else _number(name, item)
        for name, item in value.items()
    }


def _one_of(data: Any, key: str, allowed: tuple[Any, ...]) -> Any:
    value = _get(data, key, _text)
    if value not in allowed:
        raise _Misfit(f"{key} must be one of {', '.join(allowed)}")
    return value
