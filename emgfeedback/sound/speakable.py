"""Sentences for the screen as sentences for the ear: signs and units become words."""

import re
from typing import Final

#: Unit behind a number: one of it, several.
_UNITS: Final = {
    "s": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "min": ("minute", "minutes"),
    "µV": ("microvolt", "microvolts"),
    "μV": ("microvolt", "microvolts"),
    "uV": ("microvolt", "microvolts"),
    "mV": ("millivolt", "millivolts"),
    "V": ("volt", "volts"),
    "dB": ("decibel", "decibels"),
    "Hz": ("hertz", "hertz"),
    "mm": ("millimetre", "millimetres"),
    "cm": ("centimetre", "centimetres"),
    "%MVC": ("percent of max", "percent of max"),
    "%": ("percent", "percent"),
}
_AMOUNT: Final = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>"
    + "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    + r")(?![\w%])"
)
#: What an engine would spell out, or be silent about.
_SIGNS: Final = {
    "±": " plus or minus ",
    "≥": " at least ",
    "≤": " at most ",
    "×": " times ",
    "→": " to ",
    "%": " percent ",
    "µV": "microvolts",
    "&": " and ",
}


def speakable(text: str) -> str:
    """``text`` as it is said: ``18 %`` becomes ``18 percent``, ``163 µV`` ``163 microvolts``."""
    said = _AMOUNT.sub(_amount, text)
    for sign, word in _SIGNS.items():
        said = said.replace(sign, word)
    printable = "".join(letter if letter.isprintable() else " " for letter in said)
    return re.sub(r"\s+([.,:;?])", r"\1", " ".join(printable.split()))


def _amount(found: re.Match[str]) -> str:
    one, several = _UNITS[found["unit"]]
    return f"{found['number']} {one if float(found['number']) == 1.0 else several}"
