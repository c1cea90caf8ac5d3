"""What every leaf is: a widget that paints the newest state it was shown, in design units."""

import math
from collections.abc import Hashable, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar, cast

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.ui.arcs import Box
from emgfeedback.ui.palette import Palette, colour

#: Logical pixels around what is painted that count as touched: what antialiasing and bearings add.
SLACK = 2.0
_SMOOTH = QPainter.RenderHint.Antialiasing

StateT = TypeVar("StateT")
SeenT = TypeVar("SeenT", bound=Hashable)


class Paints:
    """How often leaves of a window were painted. A window that has ``paints`` is told by its leaves."""

    def __init__(self) -> None:
        self.n = 0


class Fit(NamedTuple):
    """Where the design lies on the widget: logical pixels per unit, and the design's corner."""

    scale: float
    left: float
    top: float
    transform: QTransform


class Leaf(QWidget, Generic[StateT, SeenT]):
    """A part of a page that shows a state and does nothing else.

    A leaf has two inputs: the newest state (``show_state``) and the theme (``set_theme``). What a state
    looks like is first put into ``SeenT``, values rounded to what an eye can tell; equal ones are painted
    once. What stands still is kept as a picture; ``draw_live`` draws on top of it. Coordinates are design
    units: ``DESIGN`` (width, height) fills the widget as far as its proportions allow, in the middle; a
    leaf that ``STRETCHES`` begins at the corner and has ``extent`` to fill, which is never less.
    """

    DESIGN: ClassVar[tuple[float, float]]
    STRETCHES: ClassVar[bool] = False

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, on_sheet: bool = False) -> None:
        super().__init__(parent)
        self.colours = palette
        self._on_sheet = on_sheet
        self._seen: SeenT | None = None
        self._seen_key: Hashable = None
        self._spoken_of: Hashable = None
        #: What is painted now, in design units: left, top, right, bottom; ``None``: all.
        self._dirty: Box | None = None
        self._still = QPixmap()
        #: What the still picture was painted for: a key and a pixel ratio; ``None``: it must be painted.
        self._still_of: tuple[Hashable, float] | None = None
        self._fixed_scale: float | None = None
        self._fitted: Fit | None = None
        self._paints: Paints | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_state(self, state: StateT) -> None:
        """Show ``state`` from the next repaint on; nothing happens when it looks like the one before."""
        before, seen = self._seen, self.see(state)
        if seen == before:
            return
        key = self.still_key(seen)
        if before is not None and key == self._seen_key:
            self.move_to(seen)
            return
        self._speak(self.say(seen))
        self._seen, self._seen_key, self._spoken_of = seen, key, self.spoken_of(seen)
        self.update()

    def move_to(self, seen: SeenT) -> None:
        """Show ``seen``, which has the ``still_key`` of the state before."""
        before = self._seen
        if before is None or seen == before:
            return
        spoken_of = self.spoken_of(seen)
        if spoken_of != self._spoken_of:
            self._speak(self.say(seen))
        self._seen, self._spoken_of = seen, spoken_of
        changed = self.changed(before, seen)
        if changed is None:
            self.update()
        elif changed:
            # One rectangle: painting through a clip of several is ten times slower than painting more.
            self.update(*self.pixels_of(changed[0] if len(changed) == 1 else _around(changed)))

    def _speak(self, spoken: str) -> None:
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)

    def set_theme(self, palette: Palette) -> None:
        """Paint in other colours."""
        if palette != self.colours:
            self.colours, self._still_of = palette, None
            self.update()

    def set_scale(self, scale: float | None) -> None:
        """Fix the size of text and strokes: a page that gains room then gives it to the figure alone."""
        self._fixed_scale, self._fitted, self._still_of = scale, None, None
        self.update()

    def see(self, state: StateT) -> SeenT:
        """What of ``state`` meets the eye."""
        raise NotImplementedError

    def say(self, seen: SeenT) -> str:
        """The accessible name: the state in words."""
        raise NotImplementedError

    def spoken_of(self, seen: SeenT) -> Hashable:
        """What ``say`` depends on beside ``still_key``: nothing is put into words anew while it stands."""
        return seen

    def still_key(self, seen: SeenT) -> Hashable:
        """What ``draw_still`` depends on."""
        raise NotImplementedError

    def draw_still(self, painter: QPainter, seen: SeenT) -> None:
        """Draw, in design units, what stays while ``still_key`` is the same."""
        raise NotImplementedError

    def draw_live(self, painter: QPainter, seen: SeenT) -> None:
        """Draw, in design units, what may change with every state."""
        raise NotImplementedError

    def changed(self, before: SeenT, seen: SeenT) -> Sequence[Box] | None:
        """The places in design units that differ between two states of one ``still_key``; ``None``: all."""
        del before, seen
        return None

    def draw(self, painter: QPainter) -> None:
        """Draw the whole leaf in design units, without its ground."""
        painter.setRenderHint(_SMOOTH)
        if self._seen is not None:
            self.draw_still(painter, self._seen)
            self.draw_live(painter, self._seen)

    @property
    def ground(self) -> str:
        """The colour that the leaf lies on."""
        return self.colours.sheet if self._on_sheet else self.colours.ground

    @property
    def scale(self) -> float:
        """Logical pixels per design unit."""
        if self._fixed_scale is not None:
            return self._fixed_scale
        return max(1e-6, min(self.width() / self.DESIGN[0], self.height() / self.DESIGN[1]))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height to draw in, in design units."""
        if not self.STRETCHES:
            return self.DESIGN
        return self.width() / self.scale, self.height() / self.scale

    def touches(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether that place in design units is painted now; what is drawn elsewhere is not seen."""
        dirty = self._dirty
        return dirty is None or not (
            right < dirty[0] or bottom < dirty[1] or left > dirty[2] or top > dirty[3]
        )

    def pixels_of(self, box: Box) -> tuple[int, int, int, int]:
        """The logical pixels that a place in design units touches: left, top, width, height."""
        scale, left, top, _ = self._fit()
        x, y = math.floor(left + box[0] * scale) - 1, math.floor(top + box[1] * scale) - 1
        right, bottom = math.ceil(left + box[2] * scale) + 1, math.ceil(top + box[3] * scale) + 1
        return x, y, right - x, bottom - y

    def sizeHint(self) -> QSize:  # noqa: N802
        """The design's own size."""
        return QSize(round(self.DESIGN[0]), round(self.DESIGN[1]))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say and paint the leaf's own words in another language."""
        if event.type() is QEvent.Type.LanguageChange and self._seen is not None:
            self.setAccessibleName(self.say(self._seen))
            self._still_of = None
            self.update()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The design lies otherwise on the widget now."""
        self._fitted = self._still_of = None
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Find out who counts."""
        self._paints = getattr(self.window(), "paints", None)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the newest state."""
        seen = self._seen
        with QPainter(self) as painter:
            if seen is None:
                painter.fillRect(event.rect(), colour(self.ground))
                return
            painter.drawPixmap(0, 0, self._still_picture(seen))
            scale, left, top, _ = self.enter_design(painter)
            x, y, wide, high = cast("tuple[int, int, int, int]", event.rect().getRect())
            self._dirty = (
                (x - SLACK - left) / scale,
                (y - SLACK - top) / scale,
                (x + wide + SLACK - left) / scale,
                (y + high + SLACK - top) / scale,
            )
            self.draw_live(painter, seen)
            self._dirty = None
        if self._paints is not None:
            self._paints.n += 1

    def enter_design(self, painter: QPainter) -> Fit:
        """Make ``painter``, fresh on a picture of the widget's size, draw in design units."""
        fit = self._fit()
        painter.setRenderHint(_SMOOTH)
        painter.setTransform(fit.transform)
        return fit

    def _fit(self) -> Fit:
        """Worked out anew when the widget has another size. While it is hidden nothing needs it."""
        if self._fitted is None:
            scale, left, top = self.scale, 0.0, 0.0
            if not self.STRETCHES:
                left = (self.width() - scale * self.DESIGN[0]) / 2
                top = (self.height() - scale * self.DESIGN[1]) / 2
            self._fitted = Fit(scale, left, top, QTransform(scale, 0.0, 0.0, scale, left, top))
        return self._fitted

    def _still_picture(self, seen: SeenT) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = (self._seen_key, ratio)
        if wanted != self._still_of:
            self._still_of = wanted
            if self._still.size() != self.size() * ratio:
                self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(colour(self.ground))
            with QPainter(self._still) as painter:
                self.enter_design(painter)
                self.draw_still(painter, seen)
        return self._still


def _around(boxes: Sequence[Box]) -> Box:
    """The box that holds them all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
