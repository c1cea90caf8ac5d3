"""The course of the session that is open on History: its curves, its reps, and what lies under the cursor."""

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback import words
from emgfeedback.session.course import Course
from emgfeedback.ui import text_desk
from emgfeedback.ui.desk_words import MuscleName, Words
from emgfeedback.ui.flow import Flow
from emgfeedback.ui.history_model import reps_words
from emgfeedback.ui.look import Look
from emgfeedback.ui.signals_model import channel_name
from emgfeedback.ui.text import tr

if TYPE_CHECKING:
    from emgfeedback.ui.plots import Plot

#: Pixels at 100 %: least height of the plot.
PLOT = 180
#: Part of the greatest value that stays free above it, and the least end of the scale (% or µV).
HEADROOM = 1.15
LEAST_TOP = 20.0


class SessionCourse(QWidget):
    """Empty until ``draw_course``; ``clear`` empties it again."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.plot: Plot | None = None
        self._course: Course | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.legend = QWidget()
        self._legend = Flow(16)
        self.legend.setLayout(self._legend)
        self.cursor_words = Words(look, 16)
        self._column.addWidget(self.legend)
        self._column.addWidget(self.cursor_words)
        self.set_look(look)

    def set_look(self, look: Look) -> None:
        """Take theme and size; the words get theirs from the page."""
        self.look = look
        self._column.setSpacing(look.px(4))
        if self.plot is not None:
            self.plot.set_look(look)
            self.plot.setMinimumHeight(look.px(PLOT))

    def clear(self) -> None:
        """Nothing is open."""
        self._course = None
        self.legend.setVisible(False)
        self.cursor_words.say("")
        if self.plot is not None:
            self._column.removeWidget(self.plot)
            self.plot.close()
            self.plot.deleteLater()
            self.plot = None

    def draw_course(self, course: Course) -> "Plot":
        """Draw it; the new plot."""
        from emgfeedback.ui.plots import Plot

        self.clear()
        self._course = course
        unit = tr(f"% {words.OF[course.method]}" if course.calibrated else text_desk.MICROVOLT)
        seconds = f"{course.times_s[-1]:.0f}" if len(course.times_s) else "0"
        name = tr(text_desk.SAY_COURSE).format(seconds=seconds, reps=reps_words(len(course.reps)))
        self.plot = plot = Plot(self.look, name)
        plot.setMinimumHeight(self.look.px(PLOT))
        curves = [
            (channel.muscle or channel.pin, course.values[:, k]) for k, channel in enumerate(course.channels)
        ]
        known = course.values[~(course.values != course.values)]
        top = HEADROOM * max(LEAST_TOP, float(known.max()) if known.size else 0.0)
        plot.cursor_moved.connect(self._say_cursor)
        plot.show_curves(course.times_s, curves, top)
        for rep in course.reps:
            share = "–" if rep.left_out else f"{100 * rep.share:.0f}"
            plot.shade(course.seconds(rep.start), course.seconds(rep.stop), share, hatched=bool(rep.left_out))
        for gap in course.gaps:
            plot.shade(course.seconds(gap.start), course.seconds(gap.stop), hatched=True)
        self._show_legend(course, unit)
        self._column.insertWidget(1, plot, 1)
        return plot

    def _show_legend(self, course: Course, unit: str) -> None:
        while (item := self._legend.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        sides = {channel.side for channel in course.channels}
        for channel in course.channels:
            name = channel_name(channel, with_side=len(sides) > 1)
            self._legend.addWidget(MuscleName(self.look, channel.muscle or channel.pin, name))
        note = Words(self.look, 14, soft=True)
        note.say(tr(text_desk.COURSE_LEGEND).format(unit=unit))
        self._legend.addWidget(note)
        self.legend.setVisible(True)

    def _say_cursor(self, time_s: float) -> None:
        course = self._course
        if self.plot is None or course is None:
            return
        sides = {channel.side for channel in course.channels}
        unit = "%" if course.calibrated else tr(text_desk.MICROVOLT)
        values = []
        for channel, value in zip(course.channels, self.plot.values_at(time_s), strict=False):
            number = "–" if math.isnan(value) else f"{value:.0f} {unit}"
            values.append(f"{channel_name(channel, with_side=len(sides) > 1)} {number}")
        rep = next(
            (r for r in course.reps if course.seconds(r.start) <= time_s <= course.seconds(r.stop)), None
        )
        if rep is not None and rep.left_out:
            values.append(tr(text_desk.IN_REP_LEFT_OUT).format(number=rep.number, why=rep.left_out))
        elif rep is not None:
            values.append(tr(text_desk.IN_REP).format(number=rep.number, percent=f"{100 * rep.share:.0f}"))
        self.cursor_words.say(f"{time_s:.1f} s   " + ",  ".join(values))
