"""The colours, as hex strings: a light and a dark theme, and the flags that are the same in both.

Blue and orange mean a muscle and nothing else; text is ``ink`` or ``soft`` and never coloured.
tests/test_palette.py holds what the tokens promise: contrast, and distance for every colour vision.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme. Each token is ``#RRGGBB``.

    ``ground`` page, ``sheet`` figure panel; ``ink`` text, rings, brackets; ``soft`` second words;
    ``track`` empty bar or zone, ``band`` above a goal; ``edge`` hatch and ticks, ``line`` hairlines;
    ``glute`` circle, ``quad`` square, ``on_...`` a small letter inside them; ``alarm`` safety banner
    only; ``body``, ``body_far`` drawn wearer.
    """

    name: str
    ground: str
    sheet: str
    ink: str
    soft: str
    track: str
    band: str
    edge: str
    line: str
    glute: str
    quad: str
    on_glute: str
    on_quad: str
    alarm: str
    on_alarm: str
    button: str
    on_button: str
    body: str
    body_far: str

    def muscle(self, muscle: str) -> str:
        """The colour that means this muscle; a muscle without a colour of its own is drawn in ``edge``."""
        return {"glute": self.glute, "quad": self.quad}.get(muscle, self.edge)

    def on_muscle(self, muscle: str) -> str:
        """The colour of a small letter on ``muscle(...)``."""
        return self.on_glute if muscle == "glute" else self.on_quad


LIGHT = Palette(
    name="light",
    ground="#FAF8F4",
    sheet="#FFFFFF",
    ink="#14181F",
    soft="#565D67",
    track="#EFEBE3",
    band="#DDD7CA",
    edge="#8B857A",
    line="#DDD8CD",
    glute="#1D3FB8",
    quad="#C67200",
    on_glute="#FAF8F4",
    on_quad="#14181F",
    alarm="#A3123A",
    on_alarm="#FFFFFF",
    button="#14181F",
    on_button="#FAF8F4",
    body="#DCD7CB",
    body_far="#EBE7DE",
)

DARK = Palette(
    name="dark",
    ground="#11151B",
    sheet="#171C23",
    ink="#F2F4F6",
    soft="#A3ADB8",
    track="#252C35",
    band="#3A4450",
    edge="#7B8794",
    line="#2A323C",
    glute="#AAC4FF",
    quad="#D0730B",
    on_glute="#11151B",
    on_quad="#11151B",
    alarm="#FF8FA3",
    on_alarm="#22060C",
    button="#F2F4F6",
    on_button="#11151B",
    body="#3B4652",
    body_far="#29313A",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


@dataclass(frozen=True, slots=True)
class Flags:
    """The fields and shapes of Glance: a flag is learnt once, so no theme changes it."""

    glute: str = "#1D3FB8"
    quad: str = "#F5B02A"
    none: str = "#7F848C"
    stripe: str = "#717780"
    light: str = "#FAF8F4"
    dark: str = "#14181F"


FLAGS = Flags()


@lru_cache(maxsize=256)
def colour(token: str, opacity: float = 1.0) -> QColor:
    """``#RRGGBB`` as Qt's colour. Shared: callers do not change it."""
    made = QColor(token)
    made.setAlphaF(opacity)
    return made
