"""What the app remembers between runs: ``memory.toml`` in the data folder.

[wearer.Ann.channels]
F00D-42 = "A0=glute:right,A1=quad:right"      # which muscle was on which pin of which board

[wearer.Ann.baseline.bridge.right]            # the first set, from which the zone comes
share = 0.58
reps = 8
created = "2025-03-04T18:40:00+01:00"
"""

from pathlib import Path
from typing import Any

import msgspec

from device.channel_map import ChannelMap, format_channel_map, parse_channel_map
from emgfeedback.coach.zone import Baseline
from emgfeedback.toml_file import Table, TomlFile


class Memory:
    """Channel maps per wearer and board, baselines per wearer, side and exercise, in ``folder``.

    All methods raise ``SettingsError`` (one sentence) for a file that is damaged or cannot be used.
    Simulated sets belong elsewhere: callers do not remember them.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TomlFile(folder / "memory.toml")

    def channel_map(self, wearer: str, board_id: str) -> ChannelMap | None:
        """The map that this wearer used last with this board."""
        text = self._find("wearer", wearer, "channels", board_id)
        if text is None:
            return None
        try:
            return parse_channel_map(msgspec.convert(text, str))
        except (ValueError, msgspec.ValidationError) as error:
            raise self._file.fault(
                f"the channels of {wearer!r} on {board_id!r} must be like "
                f'"A0=glute:right,A1=quad:right", not {text!r}',
                "correct it, or say --channels",
            ) from error

    def remember_channel_map(self, wearer: str, board_id: str, channels: ChannelMap) -> None:
        """Keep ``channels`` as what this wearer uses with this board."""
        text = format_channel_map(channels)
        if self._find("wearer", wearer, "channels", board_id) != text:
            self._keep(("wearer", wearer, "channels"), board_id, text)

    @property
    def boards(self) -> frozenset[str]:
        """Every board that was ever used here."""
        found: set[str] = set()
        for wearer in self._subtable(self._file.read(), "wearer").values():
            if isinstance(wearer, dict):
                found.update(self._subtable(wearer, "channels"))
        return frozenset(found)

    def baseline(self, wearer: str, side: str, exercise: str) -> Baseline | None:
        """The wearer's first set of this exercise on this side."""
        table = self._find("wearer", wearer, "baseline", exercise, side)
        if table is None:
            return None
        try:
            return msgspec.convert(table, Baseline)
        except msgspec.ValidationError as error:
            raise self._file.fault(
                f"the baseline of {wearer!r}, {exercise}, {side} needs a share from 0 to 1, reps of 3 or "
                "more, and created",
                "correct it, or remove it to make a new one",
            ) from error

    def remember_baseline(self, wearer: str, side: str, exercise: str, own: Baseline) -> None:
        """Keep ``own`` as the first set, instead of an earlier one."""
        self._keep(("wearer", wearer, "baseline", exercise), side, msgspec.to_builtins(own))

    def _find(self, *keys: str) -> Any:
        value: Any = self._file.read()
        for key in keys:
            if not isinstance(value, dict):
                raise self._not_a_table(key)
            if key not in value:
                return None
            value = value[key]
        return value

    def _keep(self, place: tuple[str, ...], key: str, value: Any) -> None:
        def edit(content: Table) -> None:
            table = content
            for name in place:
                table = table.setdefault(name, {})
                if not isinstance(table, dict):
                    raise self._not_a_table(name)
            table[key] = value

        self._file.change(edit)

    def _subtable(self, table: Table, name: str) -> Table:
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise self._not_a_table(name)
        return found

    def _not_a_table(self, name: str) -> Exception:
        return self._file.fault(f"{name!r} is not where it belongs", "correct the file or move it away")
