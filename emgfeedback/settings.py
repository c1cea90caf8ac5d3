"""Where the app keeps its data, and what the wearer set: ``settings.toml`` in the data folder.

[wearer]
name = "Ann"            # whose calibrations and zones are used without --wearer

[chain]                 # the signal chain; every key is optional, chain.py has the defaults
notch_hz = 50.0
"""

import difflib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import platformdirs

from emgfeedback.chain import ChainSettings
from emgfeedback.toml_file import SettingsError, TomlFile

__all__ = ["Settings", "SettingsError", "Wearer", "data_folder", "load_settings"]

#: Least and greatest value and unit of each key of [chain]: outside them the chain means nothing.
CHAIN_LIMITS: Final[Mapping[str, tuple[float, float, str]]] = {
    "band_low_hz": (1.0, 200.0, "Hz"),
    "band_high_hz": (50.0, 2000.0, "Hz"),
    "notch_hz": (0.0, 400.0, "Hz (0: no notch)"),
    "rms_window_s": (0.05, 0.25, "s"),
    "hop_s": (0.002, 0.05, "s"),
    "share_smoothing_s": (0.0, 1.0, "s"),
    "show_at_percent": (1.0, 50.0, "%MVC"),
    "hide_below_percent": (0.5, 50.0, "%MVC"),
    "hide_after_s": (0.0, 5.0, "s"),
    "floor_percent": (0.1, 10.0, "%MVC"),
    "log_ratio_limit": (1.0, 6.0, "log2 units"),
    "zone_hysteresis": (0.0, 0.2, "of share"),
    "zone_dwell_s": (0.0, 2.0, "s"),
}
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Wearer:
    """Who wears the pads when nobody else is named."""

    name: str = "me"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says; ``notes`` has a sentence for each key that means nothing here."""

    wearer: Wearer = field(default_factory=Wearer)
    chain: ChainSettings = field(default_factory=ChainSettings)
    notes: tuple[str, ...] = ()


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Folder of all data: ``EMGFEEDBACK_HOME`` if set, else the user's data folder. It need not exist."""
    home = (os.environ if environment is None else environment).get("EMGFEEDBACK_HOME")
    return Path(home).expanduser() if home else platformdirs.user_data_path("emgfeedback", appauthor=False)


def load_settings(path: Path | None = None) -> Settings:
    """Read ``settings.toml`` (of the data folder by default); without the file, the defaults.

    Raises ``SettingsError`` naming file, key and what is allowed.
    """
    file = TomlFile(path or data_folder() / "settings.toml")
    content = file.read()
    wearer = _table(file, content, "wearer")
    chain = _table(file, content, "chain")
    name = _converted(
        file,
        "wearer.name",
        wearer.get("name", Wearer().name),
        Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)],
        f"text of 1 to {LONGEST_NAME} characters",
    )
    notes = (
        *_notes(file, "", content, ("wearer", "chain")),
        *_notes(file, "wearer.", wearer, [item.name for item in fields(Wearer)]),
        *_notes(file, "chain.", chain, CHAIN_LIMITS),
    )
    return Settings(Wearer(name), _chain(file, chain), notes)


def _table(file: TomlFile, content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table: dict[str, Any] = _converted(
        file, name, content.get(name, {}), dict[str, Any], f"a table that begins with [{name}]"
    )
    return table


def _chain(file: TomlFile, table: Mapping[str, Any]) -> ChainSettings:
    values: dict[str, float] = {}
    for key, (low, high, unit) in CHAIN_LIMITS.items():
        if key in table:
            kind = Annotated[float, msgspec.Meta(ge=low, le=high)]
            allowed = f"a number from {low:g} to {high:g} {unit}"
            values[key] = _converted(file, f"chain.{key}", table[key], kind, allowed)
    chain = ChainSettings(**{key: value for key, value in values.items() if not key.startswith("band_")})
    low_hz = values.get("band_low_hz", chain.band_low_hz)
    high_hz = values.get("band_high_hz", chain.band_high_hz)
    if low_hz >= high_hz:
        raise file.fault(
            f"chain.band_low_hz ({low_hz:g}) must be less than chain.band_high_hz ({high_hz:g})",
            "correct one",
        )
    if chain.hide_below_percent > chain.show_at_percent:
        raise file.fault(
            f"chain.hide_below_percent ({chain.hide_below_percent:g}) must not exceed "
            f"chain.show_at_percent ({chain.show_at_percent:g})",
            "correct one",
        )
    return ChainSettings(**values)


def _converted(file: TomlFile, key: str, value: Any, kind: Any, allowed: str) -> Any:
    """``value`` as ``kind``, or the sentence that names file, key and what is allowed."""
    try:
        converted = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise file.fault(f"{key} must be {allowed}, not {_shown(value)}", "correct it") from error
    # NaN passes every bound.
    if isinstance(converted, float) and math.isnan(converted):
        raise file.fault(f"{key} must be {allowed}, not nan", "correct it")
    return converted


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."


def _notes(file: TomlFile, prefix: str, table: Mapping[str, Any], known: Any) -> list[str]:
    notes = []
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, list(known), n=1)
            hint = f" Did you mean {prefix}{near[0]}?" if near else ""
            notes.append(f"{file.path}: {prefix}{key} is no setting and has no effect.{hint}")
    return notes
