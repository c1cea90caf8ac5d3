"""Draw docs/images/wiring-2.svg and wiring-4.svg: ``python tools/draw_wiring.py``.

One description, two pictures, so that they cannot disagree. Circle = glute (blue), square = quad (orange);
only the two muscles have a colour, every other wire is ink or grey. All lengths are in SVG units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
GROUND, SHEET, INK, SOFT, GREY = "#FAF8F4", "#FFFFFF", "#14181F", "#565D67", "#8B857A"
COLOUR = {"glute": "#1D3FB8", "quad": "#C67200"}
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"

WIDTH, TOP, FOOT = 1120, 44, 100
#: Height of the board's middle by number of sensors, chosen so that no two wires run close together.
BOARD_MIDDLE = {2: 190, 4: 314}
LAPTOP_LEFT, LAPTOP_WIDTH = 36, 210
BOARD_LEFT, BOARD_RIGHT, BOARD_HEIGHT, PIN_STEP = 340, 486, 232, 32
SIGNAL_X, SIGNAL_STEP, SUPPLY_X, GROUND_X = 522, 18, 572, 600
SENSOR_LEFT, SENSOR_WIDTH, SENSOR_HEIGHT, SENSOR_STEP = 652, 232, 104, 128
SENSOR_PINS = {"VIN": 24, "GND": 52, "RAW": 80}
SAFETY = "While pads are on the body, the laptop runs on its battery."
BOARD_PINS = ("5V", "GND", "A0", "A1", "A2", "A3")


@dataclass(frozen=True, slots=True)
class Pads:
    """One sensor: the board's input that it is wired to, and the muscle under its pads."""

    pin: str
    muscle: str
    side: str


RIGHT_LEG = (Pads("A0", "glute", "right"), Pads("A1", "quad", "right"))
BOTH_LEGS = (*RIGHT_LEG, Pads("A2", "glute", "left"), Pads("A3", "quad", "left"))


def words(x: float, y: float, text: str, *, size: int = 15, weight: int = 400, anchor: str = "start") -> str:
    """One line of text on the base line ``y``."""
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {style} fill="{INK}">{text}</text>'


def box(x: float, y: float, width: float, height: float, *, fill: str = SHEET) -> str:
    """A rounded box with an ink outline."""
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8"'
    return f'<rect {place} fill="{fill}" stroke="{INK}" stroke-width="2"/>'


def wire(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A wire through ``points``, cased in the ground's colour: it passes over what it crosses."""
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    shape = f'<path d="{path}" fill="none" stroke-linejoin="round"'
    return f'{shape} stroke="{GROUND}" stroke-width="9"/>{shape} stroke="{colour}" stroke-width="3"/>'


def sign(x: float, y: float, muscle: str) -> str:
    """The sign of a muscle: a circle for the glute, a square for the quad."""
    if muscle == "glute":
        return f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{COLOUR[muscle]}"/>'
    return f'<rect x="{x - 8:g}" y="{y - 8:g}" width="16" height="16" fill="{COLOUR[muscle]}"/>'


def board_pin_y(middle: float, pin: str) -> float:
    """Height of one of the board's pins."""
    return middle + (BOARD_PINS.index(pin) - 2.5) * PIN_STEP


def sensor_top(index: int) -> float:
    """Upper edge of the sensor with this index."""
    return TOP + index * SENSOR_STEP


def laptop(middle: float) -> Iterator[str]:
    """The computer on its battery, the USB cable, and the charger that is not plugged in."""
    x, y, right = LAPTOP_LEFT, middle - 92, LAPTOP_LEFT + LAPTOP_WIDTH
    yield wire([(right, middle + 34), (BOARD_LEFT, middle + 34)], INK)
    yield words((right + BOARD_LEFT) / 2, middle + 24, "USB", anchor="middle")
    yield box(x + 16, y, LAPTOP_WIDTH - 32, 112)
    yield words(x + LAPTOP_WIDTH / 2, y + 36, "Laptop", size=18, weight=600, anchor="middle")
    battery = x + LAPTOP_WIDTH / 2 - 28
    yield f'<rect x="{battery:g}" y="{y + 50:g}" width="52" height="22" rx="3" fill="none" stroke="{INK}"'
    yield ' stroke-width="2"/>'
    yield f'<rect x="{battery + 4:g}" y="{y + 54:g}" width="34" height="14" fill="{INK}"/>'
    yield f'<rect x="{battery + 53:g}" y="{y + 56:g}" width="5" height="10" fill="{INK}"/>'
    yield words(x + LAPTOP_WIDTH / 2, y + 96, "on its battery", anchor="middle")
    yield f'<path d="M{x + 8:g} {y + 112:g} h{LAPTOP_WIDTH - 16} l8 26 h-{LAPTOP_WIDTH} z" fill="{SHEET}"'
    yield f' stroke="{INK}" stroke-width="2" stroke-linejoin="round"/>'
    yield from unplugged(x + 14, y + 182)


def unplugged(x: float, y: float) -> Iterator[str]:
    """A mains plug, crossed out, with what must not be connected."""
    yield f'<g fill="none" stroke="{INK}" stroke-width="2.5" stroke-linecap="round">'
    yield f'<path d="M{x + 10:g} {y - 12:g} v-9 M{x + 22:g} {y - 12:g} v-9"/>'
    yield f'<path d="M{x + 3:g} {y - 12:g} h26 v7 a13 13 0 0 1 -26 0 z M{x + 16:g} {y + 8:g} v10"/>'
    yield f'<path d="M{x - 6:g} {y + 18:g} L{x + 38:g} {y - 24:g}" stroke-width="4"/></g>'
    yield words(x + 52, y - 6, "no charger, dock,")
    yield words(x + 52, y + 14, "monitor, mains USB")


def board(middle: float) -> Iterator[str]:
    """The Arduino with the pins that are used."""
    yield box(BOARD_LEFT, middle - BOARD_HEIGHT / 2, BOARD_RIGHT - BOARD_LEFT, BOARD_HEIGHT)
    yield words(BOARD_LEFT + 14, middle - 4, "Arduino", size=18, weight=600)
    yield words(BOARD_LEFT + 14, middle + 18, "Uno")
    for pin in BOARD_PINS:
        y = board_pin_y(middle, pin)
        yield f'<rect x="{BOARD_RIGHT - 7}" y="{y - 7:g}" width="14" height="14" fill="{INK}"/>'
        yield words(BOARD_RIGHT - 15, y + 5, pin, weight=600, anchor="end")


def sensor(index: int, pads: Pads) -> Iterator[str]:
    """One sensor with its two muscle pads and its reference pad."""
    top, right = sensor_top(index), SENSOR_LEFT + SENSOR_WIDTH
    yield box(SENSOR_LEFT, top, SENSOR_WIDTH, SENSOR_HEIGHT)
    for pin, below in SENSOR_PINS.items():
        yield f'<rect x="{SENSOR_LEFT - 7}" y="{top + below - 7:g}" width="14" height="14" fill="{INK}"/>'
        yield words(SENSOR_LEFT + 14, top + below + 5, pin, weight=600)
    yield sign(SENSOR_LEFT + 82, top + 38, pads.muscle)
    yield words(SENSOR_LEFT + 98, top + 44, f"{pads.muscle.capitalize()} {pads.side}", size=18, weight=600)
    yield words(SENSOR_LEFT + 74, top + 72, "muscle sensor")
    yield f'<g stroke="{INK}" stroke-width="2">'
    for below, fill, dash in ((24, SHEET, ""), (52, SHEET, ""), (84, GREY, ' stroke-dasharray="4 3"')):
        yield f'<path d="M{right} {top + below:g} h22"{dash}/>'
        yield f'<circle cx="{right + 32}" cy="{top + below:g}" r="10" fill="{fill}"/>'
    yield "</g>"
    yield words(right + 52, top + 43, "two on the muscle")
    yield words(right + 52, top + 89, "reference on bone")


def supply(middle: float, count: int) -> Iterator[str]:
    """Power and ground: one wire each from the board, a branch to every sensor."""
    for pin, sensor_pin, x, colour in (("5V", "VIN", SUPPLY_X, INK), ("GND", "GND", GROUND_X, GREY)):
        taps = [sensor_top(i) + SENSOR_PINS[sensor_pin] for i in range(count)]
        y = board_pin_y(middle, pin)
        yield wire([(SENSOR_LEFT, taps[0]), (x, taps[0]), (x, taps[-1]), (SENSOR_LEFT, taps[-1])], colour)
        yield wire([(BOARD_RIGHT, y), (x, y)], colour)
        for tap in taps[1:-1]:
            yield wire([(x, tap), (SENSOR_LEFT, tap)], colour)
        for joined in (y, *taps[1:-1]):
            yield f'<circle cx="{x}" cy="{joined:g}" r="6" fill="{colour}"/>'


def signals(middle: float, sensors: Sequence[Pads]) -> Iterator[str]:
    """One wire from each sensor to its input; columns are dealt so that no two signals cross."""
    ends = [sensor_top(i) + SENSOR_PINS["RAW"] for i in range(len(sensors))]
    starts = [board_pin_y(middle, pads.pin) for pads in sensors]
    up = [i for i, (start, end) in enumerate(zip(starts, ends, strict=True)) if end < start]
    down = [i for i in reversed(range(len(sensors))) if i not in up]
    for i, pads in enumerate(sensors):
        x = SIGNAL_X + SIGNAL_STEP * (up if i in up else down).index(i)
        path = [(BOARD_RIGHT, starts[i]), (x, starts[i]), (x, ends[i]), (SENSOR_LEFT, ends[i])]
        yield wire(path, COLOUR[pads.muscle])


def picture(sensors: Sequence[Pads]) -> str:
    """The whole drawing as SVG text."""
    middle = BOARD_MIDDLE[len(sensors)]
    height = max(sensor_top(len(sensors) - 1) + SENSOR_HEIGHT, middle + BOARD_HEIGHT / 2) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" font-family="{FONT}">',
        f"<title>Wiring of {len(sensors)} muscle sensors to an Arduino Uno</title>",
        f'<rect width="{WIDTH}" height="{height:g}" fill="{GROUND}"/>',
        *laptop(middle),
        *supply(middle, len(sensors)),
        *signals(middle, sensors),
        *board(middle),
        *(part for i, pads in enumerate(sensors) for part in sensor(i, pads)),
        f'<path d="M36 {height - 64:g} H{WIDTH - 36}" stroke="{INK}" stroke-width="2"/>',
        words(36, height - 38, SAFETY, size=18, weight=600),
        words(36, height - 15, "A dot joins wires; wires that only cross are not joined."),
        "</svg>\n",
    ]
    return "\n".join(parts)


def main() -> None:
    """Write both pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, sensors in (("wiring-2.svg", RIGHT_LEG), ("wiring-4.svg", BOTH_LEGS)):
        (IMAGES / name).write_text(picture(sensors), "utf-8")


if __name__ == "__main__":
    main()
