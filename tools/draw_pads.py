"""Draw where the pads go, each site on each side, and write docs/placement.md: ``python tools/draw_pads.py``.

The window paints the same scenes and says the same words. The drawings are shipped with the package.
"""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path as File

from draw_wiring import COLOUR, FONT, GREY, GROUND, INK, SHEET, SOFT

sys.path.insert(0, str(File(__file__).resolve().parent.parent))

from calibration.placement import DEFAULTS, SITES, Site, finding, sticking
from emgfeedback.padmap import Disc, Label, Path, padmap
from emgfeedback.padmap.scene import HEIGHT, SIDES, WIDTH
from emgfeedback.padmap.shapes import Paint, Point, Shape, segments

ROOT = File(__file__).resolve().parent.parent
DRAWINGS = ROOT / "emgfeedback" / "padmap" / "drawings"
DOCUMENT = ROOT / "docs" / "placement.md"
HEAD = """# Where the pads go

Six places, each with a drawing and the steps to find it alone, with your own fingers. The window shows the
same on its page *Pads* (key A), and `emgfeedback pads` prints it. [Wiring](wiring.md) says which sensor
goes on which pin; the [safety lines](../README.md#safety) hold throughout.

Put pads on the glute and the quad of one leg; a hamstring is optional. The standard places are the
**gluteus maximus** for the glute, the **vastus lateralis** for the quad and the **biceps femoris** for the
hamstring. Take the same places every time: another place on a muscle gives another 100 %, so **moved pads
mean: calibrate again**.

Some sensor boards carry their snaps at a fixed distance. Keep to it, and write down what it is: numbers
taken at another distance cannot be compared.

For all places: 20 mm from centre to centre, at most 10 mm of conducting surface along the fibres, and the
third pad at the ankle are [SENIAM's](http://seniam.org/quadricepsfemorisvastuslateralis.html)
recommendations; so are shaving the skin and cleaning it with alcohol ([a
summary](https://k7288.github.io)). Kneecap or hip bone for a short lead, the tape, and the words about
pressure on the pads are our own.

Your right side is drawn on the right, from behind and from the front alike: the front is what you see in a
mirror, and its outer side is where you see it on your own leg.

*Honestly:* the places follow the sources named below, in our own words. The drawings are our own sketch of
a grown person of 170 cm. Nobody has placed pads by them yet; if you do, tell us where they failed you.
"""
#: The light theme's colours by token.
TOKENS = {
    "ground": GROUND, "sheet": SHEET, "ink": INK, "soft": SOFT, "edge": GREY, "body": "#DCD7CB", **COLOUR,
}  # fmt: skip


def style(paint: Paint) -> str:
    """Fill and stroke as attributes."""
    fill = TOKENS[paint.fill] if paint.fill else "none"
    found = f'fill="{fill}"'
    if paint.fill and paint.opacity < 1.0:
        found += f' fill-opacity="{paint.opacity:g}"'
    if paint.stroke:
        found += f' stroke="{TOKENS[paint.stroke]}" stroke-width="{paint.width:g}"'
        found += ' stroke-linejoin="round" stroke-linecap="round"'
    if paint.dash:
        found += f' stroke-dasharray="{paint.dash:g} {paint.dash:g}"'
    return found


def pair(point: Point) -> str:
    """Two coordinates."""
    return f"{point[0]:.2f} {point[1]:.2f}"


def outline(path: Path) -> str:
    """The ``d`` of a path."""
    if path.smooth:
        steps = segments(path.points, closed=path.closed)
        rest = "".join(f" C{pair(first)} {pair(second)} {pair(end)}" for first, second, end in steps)
    else:
        rest = "".join(f" L{pair(point)}" for point in path.points[1:])
    return f"M{pair(path.points[0])}{rest}{' z' if path.closed else ''}"


def drawn(shape: Shape) -> str:
    """One shape as an element."""
    if isinstance(shape, Label):
        anchor = {"left": "start", "centre": "middle", "right": "end"}[shape.align]
        weight = 600 if shape.bold else 400
        place = f'x="{shape.at[0]:.2f}" y="{shape.at[1]:.2f}" font-size="{shape.size}" font-weight="{weight}"'
        colour = TOKENS[shape.tone]
        return f'<text {place} text-anchor="{anchor}" fill="{colour}">{escape(shape.text)}</text>'
    mark = f' class="{shape.mark}"' if shape.mark else ""
    if isinstance(shape, Disc):
        x, y = shape.centre
        place = f'cx="{x:.2f}" cy="{y:.2f}" r="{shape.radius:.2f}"'
        return f"<circle{mark} {place} {style(shape.paint)}/>"
    return f'<path{mark} d="{outline(shape)}" {style(shape.paint)}/>'


def picture(site: Site, side: str) -> str:
    """The whole drawing as SVG text."""
    scene = padmap(site, side)
    box = f'width="{WIDTH:g}" height="{HEIGHT:g}"'
    seen = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" {box}'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {seen} font-family="{FONT}">',
        f"<title>{escape(scene.title)}</title>",
        f"<desc>{escape(scene.words)}</desc>",
        f'<rect {box} fill="{GROUND}"/>',
        *(drawn(shape) for shape in scene.shapes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def chapter(site: Site) -> Iterator[str]:
    """One site in the document."""
    role = f" The standard {site.muscle}." if DEFAULTS[site.muscle] == site.id else ""
    files = {side: f"../emgfeedback/padmap/drawings/{site.id}-{side}.svg" for side in SIDES}
    yield from (f"## {site.name}", "", f"{site.plain[0].upper()}{site.plain[1:]}.{role}", "")
    yield from (f"![{padmap(site, 'right').words}]({files['right']})", "")
    yield from (f"The same on the [left side]({files['left']}).", "")
    for words, steps in (("Find the spot:", finding(site)), ("Stick the pads:", sticking(site))):
        yield from (f"**{words}**", "", *(f"- {step}" for step in steps), "")
    yield f"1 is the {site.start.latin}, 2 the {site.stop.latin}. From: "
    yield ", ".join(f"[{source.title}]({source.address})" for source in site.sources) + "."
    if site.own:
        yield f"Our own choice: {site.own}"
    yield ""


def document() -> str:
    """The whole of docs/placement.md."""
    lines = [line for site in SITES for line in chapter(site)]
    return f"{HEAD}\n" + "\n".join(line.rstrip() for line in lines).replace("\u00a0", " ")


def main() -> None:
    """Write every drawing and the document."""
    DOCUMENT.write_text(document(), "utf-8")
    DRAWINGS.mkdir(parents=True, exist_ok=True)
    for site in SITES:
        for side in SIDES:
            (DRAWINGS / f"{site.id}-{side}.svg").write_text(picture(site, side), "utf-8")


if __name__ == "__main__":
    main()
