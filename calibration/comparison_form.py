"""The JSON form of a comparison: what a check found, beside the calibration that it leaves alone."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from calibration import fields
from calibration.comparison import FORMAT, Cause, ChannelComparison, Comparison, Word
from calibration.form import damaged, opened, trial_of, written

KIND: Final = "emgfeedback calibration check"


def dump(comparison: Comparison) -> str:
    """The record as indented JSON. Raises ``CalibrationWriteError`` for what would not read back."""
    return written(comparison, KIND, parse, "The check cannot be saved ({why}); check again.")


def parse(text: str | bytes, where: str = "the check") -> Comparison:
    """JSON -> the record; raises what ``calibration.form.parse`` raises."""
    data = opened(text, where, KIND, FORMAT)
    try:
        return _comparison(data)
    except (fields.Misfit, ValueError) as error:
        raise damaged(where, str(error).rstrip(".")) from error


def _comparison(data: Mapping[str, Any]) -> Comparison:
    if fields.get(data, "format", fields.whole) != FORMAT:
        raise fields.Misfit(f"format must be {FORMAT}")
    return Comparison(
        wearer=fields.get(data, "wearer", fields.text),
        created=fields.get(data, "created", fields.moment),
        board_id=fields.get(data, "board_id", fields.text),
        simulated=fields.get(data, "simulated", fields.yes_no),
        calibration_created=fields.get(data, "calibration_created", fields.moment),
        word=fields.one_of(data, "word", get_args(Word)),
        cause=fields.one_of(data, "cause", get_args(Cause)),
        reason=fields.get(data, "reason", fields.text),
        channels=tuple(_channel(item) for item in fields.get(data, "channels", fields.items)),
    )


def _channel(data: Any) -> ChannelComparison:
    return ChannelComparison(
        pin=fields.get(data, "pin", fields.text),
        muscle=fields.get(data, "muscle", fields.text),
        side=fields.get(data, "side", fields.text),
        word=fields.one_of(data, "word", get_args(Word)),
        cause=fields.one_of(data, "cause", get_args(Cause)),
        text=fields.get(data, "text", fields.text),
        level=fields.get(data, "level", fields.not_negative),
        frequency=fields.get(data, "frequency", fields.not_negative),
        rest=fields.get(data, "rest", fields.not_negative),
        trials=tuple(trial_of(item) for item in fields.get(data, "trials", fields.items)),
    )
