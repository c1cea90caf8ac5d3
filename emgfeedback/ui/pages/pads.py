"""Pads: where they go, muscle by muscle, with a drawing beside the words."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from calibration.placement import SITES, Site, default_site, finding, site, sticking
from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_controls import Choices
from emgfeedback.ui.desk_page import DeskPage
from emgfeedback.ui.desk_words import MuscleName, Words
from emgfeedback.ui.leaves.pad_map import PadMap, PadMapState
from emgfeedback.ui.look import FOCUS, Look
from emgfeedback.ui.model import Model
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr

#: Pixels at 100 %: the drawing's least size, its width beside the words, and from where they stand so.
DRAWING = (420, 448)
BESIDE = 536
WIDE = 1000
#: Pixels at 100 %. Size of the steps: read standing, with pads in hand.
STEP = 22
#: Most steps of a part.
STEPS = 6
#: Qt's own limit of a widget's width: none.
MOST = 16_777_215


class PadsPage(DeskPage):
    """Shows the muscle and side that the calibration asks for, until the wearer chooses others."""

    name = "pads"
    keys = (
        ("N", text_desk.KEY_SITE),
        ("L", text_desk.KEY_SIDE),
        ("Enter", text_desk.KEY_PART),
        ("Tab", text_desk.KEY_NEXT),
        ("Esc", text_desk.KEY_BACK),
    )

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, scale: float = 1.0) -> None:
        look = Look(palette, scale)
        super().__init__(look, tr(text_desk.PADS), parent)
        self.site: Site = default_site("glute")
        self.side, self.part = "right", "find"
        self._followed: tuple[str, str] | None = ("", "")
        self.sites = Choices(look, tr(text_desk.PADS_SITE), [(one.id, tr(one.short)) for one in SITES])
        self.sites.chosen.connect(lambda name: self._choose(name=name))
        self.sides = Choices(look, tr(text_desk.PADS_SIDE), _options(text_desk.PADS_SIDES))
        self.sides.chosen.connect(lambda side: self._choose(side=side))
        self._chosen = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._chosen.addWidget(self.sites, 1)
        self._chosen.addWidget(self.sides)
        self.column.addLayout(self._chosen)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.column.addLayout(self._beside, 1)
        self.drawing = PadMap(palette)
        self._beside.addWidget(self.drawing)
        self._beside.addLayout(self._words(look), 1)
        self.area.verticalScrollBar().rangeChanged.connect(self._scrolls)
        self.set_look(look)
        self._show()

    def _words(self, look: Look) -> QVBoxLayout:
        self._column = column = QVBoxLayout()
        self.parts = Choices(look, tr(text_desk.PADS_PART), _options(text_desk.PADS_PARTS))
        self.parts.chosen.connect(lambda part: self._choose(part=part))
        column.addWidget(self.parts)
        self._names = {one.id: self._name(look, one) for one in SITES}
        for name in self._names.values():
            column.addWidget(name)
        self.steps = tuple(Words(look, STEP, wrap=True) for _ in range(STEPS))
        for step in self.steps:
            column.addWidget(step)
        column.addStretch(1)
        return column

    @staticmethod
    def _name(look: Look, one: Site) -> MuscleName:
        words = tr(text_desk.PADS_NAME).format(name=tr(one.name), plain=tr(one.plain))
        name = MuscleName(look, one.muscle, words, STEP)
        name.setWordWrap(True)
        return name

    # Choosing

    def show_model(self, model: Model) -> None:
        """Follow what is asked for, as long as nothing was chosen here."""
        if self._followed is None:
            return
        muscle, side = "", ""
        if model.picture is not None:
            side = model.picture.working.side
        if model.prompt is not None and model.prompt.muscle:
            muscle, side = model.prompt.muscle, model.prompt.side
        if (muscle, side) != self._followed:
            self._followed = muscle, side
            self.site = default_site(muscle) if muscle else self.site
            self.side = side if side in text_desk.PADS_SIDES else self.side
            self._show()

    def pressed(self, key: str) -> bool:
        """N next muscle, L the other side, Enter the other part."""
        if key == "n":
            self._choose(name=SITES[(SITES.index(self.site) + 1) % len(SITES)].id)
        elif key == "l":
            self._choose(side="left" if self.side == "right" else "right")
        elif key in ("\r", "\n"):
            self._choose(part="stick" if self.part == "find" else "find")
        else:
            return False
        return True

    def _choose(self, *, name: object = "", side: object = "", part: object = "") -> None:
        self._followed = None
        self.site = site(str(name)) if name else self.site
        self.side = str(side or self.side)
        self.part = str(part or ("find" if name else self.part))
        self._show()

    def _show(self) -> None:
        for choices, value in (
            (self.sites, self.site.id),
            (self.sides, self.side),
            (self.parts, self.part),
        ):
            choices.choose(value)
        self.drawing.show_state(PadMapState(self.site.id, self.side))
        for name, words in self._names.items():
            words.setVisible(name == self.site.id)
        said = finding(self.site) if self.part == "find" else sticking(self.site)
        for number, step in enumerate(self.steps):
            step.say(tr(said[number]) if number < len(said) else "")
            step.setVisible(number < len(said))
        self.area.verticalScrollBar().setValue(0)

    # Room

    def area_style(self, look: Look) -> str:
        """An outline where the keys scroll."""
        return (
            f"QScrollArea {{ border: {FOCUS}px solid {look.palette.ground}; }}"
            f"QScrollArea:focus {{ border-color: {look.palette.ink}; border-radius: 8px; }}"
        )

    def set_look(self, look: Look) -> None:
        """See ``DeskPage.set_look``."""
        super().set_look(look)
        if hasattr(self, "steps"):
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Drawing and words side by side, or one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _scrolls(self, _least: int, most: int) -> None:
        """Where the words find no room, Tab leads to them and the arrow keys scroll."""
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    def _arrange(self) -> None:
        look = self.look
        wide = self.width() >= look.px(WIDE)
        self._beside.setSpacing(look.px(32))
        self._column.setSpacing(look.px(12))
        self._chosen.setSpacing(look.px(8))
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(direction)
        self._chosen.setDirection(direction)
        self.drawing.setMinimumSize(look.px(BESIDE if wide else DRAWING[0]), look.px(DRAWING[1]))
        self.drawing.setMaximumWidth(look.px(BESIDE) if wide else MOST)
        # Beside the words it is as high as the page; alone it has a height of its own.
        high = QSizePolicy.Policy.Ignored if wide else QSizePolicy.Policy.Expanding
        self.drawing.setSizePolicy(QSizePolicy.Policy.Expanding, high)


def _options(words: dict[str, str]) -> list[tuple[object, str]]:
    return [(key, tr(word)) for key, word in words.items()]
