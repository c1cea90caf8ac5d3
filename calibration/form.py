"""The JSON form of a calibration: one readable object, the same record back to the last bit."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final, get_args

from calibration import fields
from calibration.errors import (
    CalibrationError,
    CalibrationReadError,
    CalibrationVersionError,
    CalibrationWriteError,
)
from calibration.record import FORMAT, Calibration, ChannelCalibration, Quality, Trial

#: What the file says it is; anything else is somebody else's JSON.
KIND: Final = "emgfeedback calibration"
METHODS: Final = ("mvc", "reference")
#: The versions that are read. What form 1 did not hold is read as not known.
FORMS: Final = (1, FORMAT)
#: Bytes. A calibration of 8 channels is 20 kB; a far larger file is no calibration.
LARGEST: Final = 1_000_000


def dump(calibration: Calibration) -> str:
    """The record as indented JSON. Raises ``CalibrationWriteError`` for what would not read back."""
    return written(calibration, KIND, parse, "The calibration cannot be saved ({why}); calibrate again.")


def written(record: Any, kind: str, read: Callable[[bytes], Any], refusal: str) -> str:
    """A dataclass as the indented JSON of that ``kind``, which ``read`` gives back to the last bit.

    Raises ``CalibrationWriteError`` with ``refusal``, and why, for what it does not.
    """
    why = "it reads back as something else"
    try:
        text = json.dumps({"kind": kind, **asdict(record)}, indent=2, allow_nan=False, ensure_ascii=False)
        whole = read(text.encode()) == record
    except (CalibrationError, TypeError, ValueError) as error:
        whole, why = False, str(error).rstrip(".")
    if not whole:
        raise CalibrationWriteError(refusal.format(why=why))
    return text + "\n"


def parse(text: str | bytes, where: str = "the calibration") -> Calibration:
    """JSON -> the record. ``where`` names the source in messages.

    Raises ``CalibrationReadError`` for anything damaged or foreign and ``CalibrationVersionError``
    for a newer form.
    """
    data = opened(text, where, KIND, FORMAT)
    try:
        return _calibration(data)
    except (fields.Misfit, ValueError) as error:
        raise damaged(where, str(error).rstrip(".")) from error


def opened(text: str | bytes, where: str, kind: str, newest: int) -> Mapping[str, Any]:
    """The JSON object of that ``kind``, of form ``newest`` at most. Raises like ``parse``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(where, "it is not JSON") from error
    if not isinstance(data, dict) or data.get("kind") != kind:
        what = kind.removeprefix("emgfeedback ")
        raise CalibrationReadError(f"{where} is not a {what} of emgfeedback; choose another file.")
    form = data.get("format")
    if isinstance(form, int) and not isinstance(form, bool) and form > newest:
        raise CalibrationVersionError(
            f"{where} was written by a later version of emgfeedback (form {form}, this one reads up to "
            f"{newest}); update emgfeedback, or calibrate again."
        )
    return data


def damaged(where: str, what: str) -> CalibrationReadError:
    """The error for ``what`` is wrong with a file of ours."""
    return CalibrationReadError(f"{where} is damaged: {what}; calibrate again, the file stays as it is.")


def _calibration(data: Mapping[str, Any]) -> Calibration:
    form = fields.get(data, "format", fields.whole)
    if form not in FORMS:
        raise fields.Misfit(f"format must be one of {', '.join(map(str, FORMS))}")
    channels = tuple(_channel(item, form) for item in fields.get(data, "channels", fields.items))
    if not channels or len({channel.pin for channel in channels}) < len(channels):
        raise fields.Misfit("channels needs one entry for each of one or more pins")
    return Calibration(
        wearer=fields.get(data, "wearer", fields.text),
        created=fields.get(data, "created", fields.moment),
        board_id=fields.get(data, "board_id", fields.text),
        sfreq_hz=fields.get(data, "sfreq_hz", fields.positive),
        simulated=fields.get(data, "simulated", fields.yes_no),
        channels=channels,
        chain=fields.get(data, "chain", fields.chain),
        method=fields.one_of(data, "method", METHODS),
    )


def _channel(data: Any, form: int) -> ChannelCalibration:
    channel = ChannelCalibration(
        pin=fields.get(data, "pin", fields.text),
        muscle=fields.get(data, "muscle", fields.text),
        side=fields.get(data, "side", fields.text),
        signal=fields.get(data, "signal", fields.text),
        gain=fields.get(data, "gain", fields.positive),
        rest_uv=fields.get(data, "rest_uv", fields.number),
        rest_sd_uv=fields.get(data, "rest_sd_uv", fields.number),
        mvc_uv=fields.get(data, "mvc_uv", fields.positive),
        best_500ms_uv=fields.get(data, "best_500ms_uv", fields.number),
        quality=fields.one_of(data, "quality", get_args(Quality)),
        trials=tuple(trial_of(item, form) for item in fields.get(data, "trials", fields.items)),
        interelectrode_mm=0.0,
    )
    if form == 1:
        return channel
    return replace(
        channel,
        site=fields.get(data, "site", fields.text),
        interelectrode_mm=fields.get(data, "interelectrode_mm", fields.not_negative),
        position=fields.get(data, "position", fields.text),
        median_hz=fields.get(data, "median_hz", fields.not_negative),
        crosstalk=fields.get(data, "crosstalk", fields.numbers),
    )


def trial_of(data: Any, form: int = FORMAT) -> Trial:
    """One squeeze. Raises ``fields.Misfit``."""
    trial = Trial(
        start=fields.get(data, "start", fields.whole),
        stop=fields.get(data, "stop", fields.whole),
        rms_uv=fields.get(data, "rms_uv", fields.number),
        best_500ms_uv=fields.get(data, "best_500ms_uv", fields.number),
        accepted=fields.get(data, "accepted", fields.yes_no),
        reason=fields.get(data, "reason", fields.text),
    )
    if form == 1:
        return trial
    return replace(
        trial,
        position=fields.get(data, "position", fields.text),
        first_3s_uv=fields.get(data, "first_3s_uv", fields.not_negative),
        median_hz=fields.get(data, "median_hz", fields.not_negative),
    )
