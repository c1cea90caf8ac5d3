"""Settings: who, how it looks, how it averages, where the samples come from. Each choice is kept at once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.settings import (
    SCALE_LIMITS,
    Settings,
    SettingsError,
    change_settings,
    data_folder,
    load_settings,
)
from emgfeedback.sources import opener
from emgfeedback.stage import Stage
from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_controls import Choices, Field
from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.desk_words import Rule, Words
from emgfeedback.ui.look import INSET, TARGET, Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import Face

Options = Sequence[tuple[object, str]]
#: Percent. Sizes to choose from.
SIZES = (SCALE_LIMITS[0], 125, 150, 175, SCALE_LIMITS[1])
#: Pixels at 100 %. Width of the column of names, and of the page from which hints stand beside the controls.
NAMES, WIDE = 160, 1000


class SettingsPage(DeskPage):
    """``changed`` gives the settings after each change that was kept.

    Values go through ``change_settings`` into ``settings.toml`` of ``folder``. What is not allowed
    stands in one sentence below its field, and the file stays as it was; a file that cannot be read
    is named on top.
    """

    name = "settings"
    keys = (("Tab", text_desk.KEY_NEXT), ("Esc", text_desk.KEY_BACK))

    changed = Signal(object)

    def __init__(
        self,
        palette: Palette,
        parent: QWidget | None = None,
        *,
        scale: float = 1.0,
        folder: Path | None = None,
    ) -> None:
        look = Look(palette, scale)
        super().__init__(look, tr(text_desk.SETTINGS), parent)
        folder = folder or data_folder()
        self._file = folder / "settings.toml"
        settings, damage = _read(self._file)
        self._notes: dict[str, Words] = {}
        self._rows: list[Words] = []
        self._halves: list[QBoxLayout] = []
        self._stage = Stage.IDLE
        self.settings = settings
        chain = settings.chain
        title = Words(look, 28, Face.DISPLAY)
        title.say(tr(text_desk.SETTINGS))
        self.column.addWidget(title)
        self.damage = Words(look, 16, Face.BOLD, wrap=True)
        self.damage.say(damage)
        self.damage.setVisible(bool(damage))
        self.column.addWidget(self.damage)

        self.wearer = Field(look, tr(text_desk.WEARER))
        self.wearer.editingFinished.connect(self._keep_wearer)
        self._row("wearer.name", text_desk.WEARER, self.wearer, text_desk.WEARER_HINT)
        self.theme = self._choices(
            "window.theme", text_desk.THEME, [(key, tr(word)) for key, word in text_desk.THEMES.items()]
        )
        self.size_percent = self._choices(
            "window.scale_percent", text_desk.SIZE, [(size, f"{size} %") for size in SIZES]
        )
        self.average = self._choices(
            "chain.rms_window_s",
            text_desk.AVERAGE,
            _with_own(text_desk.AVERAGES, chain.rms_window_s, text_desk.AVERAGE_OWN, 1000.0),
            text_desk.AVERAGE_HINT,
        )
        self.notch = self._choices(
            "chain.notch_hz",
            text_desk.NOTCH,
            _with_own(text_desk.NOTCHES, chain.notch_hz, text_desk.NOTCH_OWN, 1.0),
            text_desk.NOTCH_HINT,
        )
        self.sound = self._choices(
            "sound.mode",
            text_desk.SOUND,
            [(key, tr(word)) for key, word in text_desk.SOUND_MODES.items()],
            text_desk.SOUND_HINT,
            text_desk.SAVED_NEXT,
        )
        self._build_source()
        self.folder = Field(look, tr(text_desk.FOLDER))
        self.folder.setReadOnly(True)
        self.folder.setText(str(folder))
        self._row("folder", text_desk.FOLDER, self.folder, text_desk.FOLDER_HINT)
        self.column.addStretch(1)
        self.set_look(look)
        self.show_settings(settings)

    def show_settings(self, settings: Settings) -> None:
        """Show what holds now."""
        self.settings = settings
        self.wearer.setText(settings.wearer.name)
        self.theme.choose(settings.window.theme)
        self.size_percent.choose(settings.window.scale_percent)
        self.average.choose(settings.chain.rms_window_s)
        self.notch.choose(settings.chain.notch_hz)
        self.sound.choose(settings.sound.mode)
        url = settings.source.url
        known = url in text_desk.SOURCES
        self.source.choose(url if known else None)
        self.url.setText("" if known else url)
        self.url.setEnabled(not known)

    def show_model(self, model: Model) -> None:
        """What goes on decides when a change holds."""
        self._stage = model.stage

    def note(self, key: str) -> str:
        """The sentence below a setting, such as why a value was refused."""
        return self._notes[key].text()

    def set_look(self, look: Look) -> None:
        """See ``DeskPage.set_look``."""
        super().set_look(look)
        for name in getattr(self, "_rows", ()):
            name.setFixedWidth(look.px(NAMES))
            name.setMinimumHeight(look.px(TARGET))
        for note in getattr(self, "_notes", {}).values():
            note.setIndent(look.px(INSET))
            note.setContentsMargins(0, 0, 0, look.px(INSET) if note is self._notes.get("source.url") else 0)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Hints beside the controls, or below them."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= self.look.px(WIDE)
        directions = QBoxLayout.Direction
        for both in getattr(self, "_halves", ()):
            both.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    # Rows

    def _build_source(self) -> None:
        options: list[tuple[object, str]] = [(key, tr(word)) for key, word in text_desk.SOURCES.items()]
        options.append((None, tr(text_desk.SOURCE_OWN)))
        self.source = Choices(self.look, tr(text_desk.SOURCE), options)
        self.source.chosen.connect(self._choose_source)
        self.url = Field(self.look, tr(text_desk.SOURCE_LABEL))
        self.url.editingFinished.connect(self._keep_url)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.source)
        column.addWidget(self.url)
        self._row("source.url", text_desk.SOURCE, both, text_desk.SOURCE_HINT)
        # Beside the field, not beside the choices.
        self._notes["source.url"].setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)

    def _choices(
        self, key: str, name: str, options: Options, hint: str = "", saved: str = text_desk.SAVED
    ) -> Choices:
        choices = Choices(self.look, tr(name), options)
        choices.chosen.connect(lambda value: self._keep(key, value, saved))
        self._row(key, name, choices, hint)
        return choices

    def _row(self, key: str, name: str, control: QWidget, hint: str = "") -> None:
        """A name, its control, and the hint that makes place for a refusal."""
        self.column.addWidget(Rule(self.look))
        row = QHBoxLayout()
        row.setSpacing(self.look.px(16))
        label = Words(self.look, 16, Face.BOLD, wrap=True)
        label.say(tr(name))
        self._rows.append(label)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        both.setSpacing(0)
        note = Words(self.look, 14, soft=True, wrap=True)
        note.say(tr(hint))
        both.addWidget(control, 4)
        both.addWidget(note, 3)
        row.addLayout(both, 1)
        self._halves.append(both)
        self._notes[key] = note
        self.column.addLayout(row)

    # Keeping

    def _keep(self, key: str, value: object, saved: str = text_desk.SAVED) -> bool:
        """Write one setting; whether it was allowed. Its note says which."""
        if key.startswith("chain."):
            saved = when_chain_holds(self._stage)
        try:
            self.settings = change_settings({key: cast("str | float | None", value)}, self._file)
        except SettingsError as error:
            self._notes[key].say(str(error).removeprefix(f"{self._file}: "))
            return False
        self._notes[key].say(tr(saved))
        self.changed.emit(self.settings)
        return True

    def _keep_wearer(self) -> None:
        name = self.wearer.text().strip()
        if name != self.settings.wearer.name:
            self._keep("wearer.name", name, text_desk.SAVED_NEXT)

    def _choose_source(self, url: object) -> None:
        self.url.setEnabled(url is None)
        if url is None:
            self.url.setFocus()
        else:
            self.url.clear()
            self._keep("source.url", url, text_desk.SAVED_NEXT)

    def _keep_url(self) -> None:
        url = self.url.text().strip()
        if not url or url == self.settings.source.url:
            return
        trouble = _refusal(lambda: opener(url))
        if trouble:
            self._notes["source.url"].say(trouble)
        else:
            self._keep("source.url", url, text_desk.SAVED_NEXT)


def when_chain_holds(stage: Stage) -> str:
    """The sentence on a changed signal chain: from when on it holds, and what it asks for."""
    if stage is Stage.TRAINING:
        return text_desk.SAVED_CHAIN_IN_SET
    return text_desk.SAVED_CHAIN_STOPS if stage is Stage.CALIBRATING else text_desk.SAVED_CHAIN


def _read(path: Path) -> tuple[Settings, str]:
    """The settings, or the defaults and the sentence why they cannot be read."""
    try:
        return load_settings(path), ""
    except SettingsError as error:
        return Settings(), str(error)


def _with_own(known: dict[float, str], own: float, words: str, factor: float) -> Options:
    """The named values, and the one of the file where it has no name."""
    options: list[tuple[object, str]] = [(value, tr(word)) for value, word in known.items()]
    if own not in known:
        options.append((own, tr(words).format(value=f"{factor * own:g}")))
    return options


def _refusal(check: Callable[[], object]) -> str:
    """Why a source is none, in a sentence; ``""`` when it is one."""
    try:
        check()
    except ValueError as error:
        return str(error)
    return ""
