"""Glance: the whole window is one field, one shape and one number, readable from 3 m."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from emgfeedback.ui import states
from emgfeedback.ui.leaves.glance_field import Flag, GlanceField, GlanceState
from emgfeedback.ui.model import Model
from emgfeedback.ui.page import HEIGHT, WIDTH, Page
from emgfeedback.ui.palette import Palette
from emgfeedback.ui.text import tr


class GlancePage(Page):
    """Covers strip and foot, too."""

    name: ClassVar[str] = "glance"
    live: ClassVar[bool] = True
    whole: ClassVar[bool] = True

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._field = GlanceField(palette)
        self.put(self._field, (0.0, 0.0, WIDTH, HEIGHT))

    def show_model(self, model: Model) -> None:
        """Show the field."""
        if model.banner or model.fault:
            self._field.show_state(
                GlanceState(Flag.WITHHELD, word=tr(model.banner or model.fault), time_s=model.time_s)
            )
        elif model.picture is None:
            self._field.show_state(GlanceState(Flag.WORD, word=tr(model.opening), time_s=model.time_s))
        else:
            self._field.show_state(states.glance(model, model.picture))
