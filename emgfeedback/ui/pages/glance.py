"""Glance: the whole window is one field, one shape and one number, readable from 3 m."""

from typing import ClassVar

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import states
from emgfeedback.ui.leaves.glance_field import Flag, GlanceField, GlanceState
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import HEIGHT, WIDTH, Page
from emgfeedback.ui.palette import FLAGS, Palette, colour
from emgfeedback.ui.text import tr

#: What lies around the field where the screen has other proportions.
FIELDS = {Flag.GLUTE: FLAGS.glute, Flag.QUAD: FLAGS.quad, Flag.WITHHELD: FLAGS.none}


class GlancePage(Page):
    """Covers strip and foot, too."""

    name: ClassVar[str] = "glance"
    live: ClassVar[bool] = True
    whole: ClassVar[bool] = True

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._field = GlanceField(palette)
        self._around = ""
        self.put(self._field, (0.0, 0.0, WIDTH, HEIGHT))

    def show_model(self, model: Model) -> None:
        """Show the field."""
        if model.banner or model.fault:
            self._field.show_state(
                GlanceState(Flag.WITHHELD, word=tr(model.banner or model.fault), time_s=model.time_s)
            )
        elif model.picture is None:
            self._show(GlanceState(Flag.WORD, word=tr(model.opening), time_s=model.time_s))
        else:
            self._show(states.glance(model, model.picture))

    def _show(self, state: GlanceState) -> None:
        around = FIELDS.get(state.flag, "")
        if around != self._around:
            self._around = around
            self.update()
        self._field.show_state(state)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The field goes on to the edges of any screen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self._around or self.colours.ground))
        painter.end()
