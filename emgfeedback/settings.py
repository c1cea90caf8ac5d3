"""Where the app keeps its data, and what the wearer set: ``settings.toml`` in the data folder.

[wearer]
name = "Ann"            # whose calibrations and zones are used without --wearer

[source]
url = "serial:auto"     # where samples come from without --source; "" looks for a board first

[window]
theme = "dark"          # "light", "dark", or "system" for the one of the computer
scale_percent = 150     # 100 to 200

[sound]
mode = "auto"           # "speech", "tones", "off", or "auto" for speech where there is an engine, else tones

[chain]                 # the signal chain; every key is optional, chain.py has the defaults
notch_hz = 50.0
"""

import difflib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import platformdirs

from emgfeedback.chain import ChainSettings
from emgfeedback.toml_file import SettingsError, Table, TomlFile

__all__ = [
    "Settings",
    "SettingsError",
    "SoundChoice",
    "SoundMode",
    "SourceChoice",
    "Wearer",
    "WindowLook",
    "change_settings",
    "data_folder",
    "load_settings",
]

Theme = Literal["system", "light", "dark"]
SoundMode = Literal["auto", "speech", "tones", "off"]

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
LONGEST_URL: Final = 500
#: Percent. Sizes of text and pictures that every page is laid out for.
SCALE_LIMITS: Final = (100, 200)


@dataclass(frozen=True, slots=True)
class Wearer:
    """Who wears the pads when nobody else is named."""

    name: str = "me"


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """Where samples come from when nothing is named; ``""`` looks for a board first."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class WindowLook:
    """How the window looks: its theme, and the size of everything in percent."""

    theme: Theme = "system"
    scale_percent: int = 100


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """What is heard of the guided calibration."""

    mode: SoundMode = "auto"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says; ``notes`` has a sentence for each key that means nothing here."""

    wearer: Wearer = field(default_factory=Wearer)
    source: SourceChoice = field(default_factory=SourceChoice)
    window: WindowLook = field(default_factory=WindowLook)
    chain: ChainSettings = field(default_factory=ChainSettings)
    notes: tuple[str, ...] = ()
    sound: SoundChoice = field(default_factory=SoundChoice)


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Folder of all data: ``EMGFEEDBACK_HOME`` if set, else the user's data folder. It need not exist."""
    home = (os.environ if environment is None else environment).get("EMGFEEDBACK_HOME")
    return Path(home).expanduser() if home else platformdirs.user_data_path("emgfeedback", appauthor=False)


def load_settings(path: Path | None = None) -> Settings:
    """Read ``settings.toml`` (of the data folder by default); without the file, the defaults.

    Raises ``SettingsError`` naming file, key and what is allowed.
    """
    file = _file(path)
    return _parsed(file, file.read())


def change_settings(changes: Mapping[str, str | float | None], path: Path | None = None) -> Settings:
    """Set keys such as ``"wearer.name"`` in the settings file; ``None`` goes back to the default.

    The file is written whole or not at all, and keys that are unknown here stay. Raises
    ``SettingsError`` when a value is not allowed or the file cannot be used; it then stands as it was.
    """
    file = _file(path)

    def edit(content: Table) -> None:
        for name, value in changes.items():
            _set(file, content, name, value)
        _parsed(file, content)

    file.change(edit)
    return _parsed(file, file.read())


def _set(file: TomlFile, content: Table, name: str, value: str | float | None) -> None:
    section, _, key = name.partition(".")
    table = _table(file, content, section)
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    content[section] = table


def _file(path: Path | None) -> TomlFile:
    return TomlFile(path or data_folder() / "settings.toml")


def _parsed(file: TomlFile, content: Mapping[str, Any]) -> Settings:
    tables = {name: _table(file, content, name) for name in ("wearer", "source", "window", "sound", "chain")}
    known = {
        "wearer": [item.name for item in fields(Wearer)],
        "source": [item.name for item in fields(SourceChoice)],
        "window": [item.name for item in fields(WindowLook)],
        "sound": [item.name for item in fields(SoundChoice)],
        "chain": list(CHAIN_LIMITS),
    }
    notes = _notes(file, "", content, known)
    for name, table in tables.items():
        notes += _notes(file, f"{name}.", table, known[name])
    return Settings(
        _wearer(file, tables["wearer"]),
        _source(file, tables["source"]),
        _window(file, tables["window"]),
        _chain(file, tables["chain"]),
        tuple(notes),
        _sound(file, tables["sound"]),
    )


def _wearer(file: TomlFile, table: Mapping[str, Any]) -> Wearer:
    kind = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    allowed = f"text of 1 to {LONGEST_NAME} characters"
    return Wearer(_converted(file, "wearer.name", table.get("name", Wearer().name), kind, allowed))


def _source(file: TomlFile, table: Mapping[str, Any]) -> SourceChoice:
    kind = Annotated[str, msgspec.Meta(max_length=LONGEST_URL)]
    allowed = f"text of at most {LONGEST_URL} characters"
    return SourceChoice(_converted(file, "source.url", table.get("url", ""), kind, allowed))


def _window(file: TomlFile, table: Mapping[str, Any]) -> WindowLook:
    default = WindowLook()
    low, high = SCALE_LIMITS
    return WindowLook(
        _converted(file, "window.theme", table.get("theme", default.theme), Theme, "system, light or dark"),
        _converted(
            file,
            "window.scale_percent",
            table.get("scale_percent", default.scale_percent),
            Annotated[int, msgspec.Meta(ge=low, le=high)],
            f"a whole number from {low} to {high}",
        ),
    )


def _sound(file: TomlFile, table: Mapping[str, Any]) -> SoundChoice:
    value = table.get("mode", SoundChoice().mode)
    return SoundChoice(_converted(file, "sound.mode", value, SoundMode, "auto, speech, tones or off"))


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
