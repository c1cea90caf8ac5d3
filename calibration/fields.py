"""The values of a JSON object: each reader gives what belongs there, or names what does not fit."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

Value = TypeVar("Value")


class Misfit(Exception):
    """A key whose value does not fit; the message names the key and what belongs there."""


def get(data: Any, key: str, convert: Callable[[str, Any], Value]) -> Value:
    """The value of ``key``, converted. Raises ``Misfit`` where there is none."""
    if not isinstance(data, dict):
        raise Misfit("a channel or trial is not an object")
    if key not in data:
        raise Misfit(f"{key} is missing")
    return convert(key, data[key])


def text(key: str, value: Any) -> str:
    """Text that a file can hold."""
    # A lone surrogate is a Python string that no file can hold.
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Misfit(f"{key} must be text")
    return value


def moment(key: str, value: Any) -> str:
    """A moment as ISO 8601 with its offset from UTC."""
    if datetime.fromisoformat(text(key, value)).tzinfo is None:
        raise Misfit(f"{key} needs an offset, as in 2025-03-01T18:30:00+01:00")
    return str(value)


def number(key: str, value: Any) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(f"{key} must be a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Misfit(f"{key} must be a finite number")
    return found


def positive(key: str, value: Any) -> float:
    """A finite number above 0."""
    found = number(key, value)
    if found <= 0.0:
        raise Misfit(f"{key} must be more than 0")
    return found


def not_negative(key: str, value: Any) -> float:
    """A finite number, 0 or more."""
    found = number(key, value)
    if found < 0.0:
        raise Misfit(f"{key} must not be less than 0")
    return found


def whole(key: str, value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misfit(f"{key} must be a whole number")
    return value


def yes_no(key: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Misfit(f"{key} must be true or false")
    return value


def items(key: str, value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Misfit(f"{key} must be a list")
    return value


def _within(key: str, name: str) -> str:
    """A name that the file gave itself, as it can stand in a sentence."""
    return f"{key} {name if name.isprintable() and name.strip() else repr(name)}"


def numbers(key: str, value: Any) -> dict[str, float]:
    """An object of finite numbers."""
    if not isinstance(value, dict):
        raise Misfit(f"{key} must be an object")
    return {text(key, name): number(_within(key, name), item) for name, item in value.items()}


def chain(key: str, value: Any) -> dict[str, float | str]:
    """An object of finite numbers and text: the settings of the signal chain."""
    if not isinstance(value, dict):
        raise Misfit(f"{key} must be an object")
    return {
        text(key, name): text(_within(key, name), item)
        if isinstance(item, str)
        else number(_within(key, name), item)
        for name, item in value.items()
    }


def one_of(data: Any, key: str, allowed: tuple[Any, ...]) -> Any:
    """One of the ``allowed`` texts."""
    value = get(data, key, text)
    if value not in allowed:
        raise Misfit(f"{key} must be one of {', '.join(allowed)}")
    return value
