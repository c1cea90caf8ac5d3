"""Draw where the pads go, each site on each side, as SVG: ``python tools/draw_pads.py``.

The window paints the same scenes. These files are shipped with the package and shown in docs/placement.md.
"""

import sys
from html import escape
from pathlib import Path as File

sys.path.insert(0, str(File(__file__).resolve().parent.parent))

from calibration.placement import SITES, Site
from emgfeedback.padmap import Disc, Label, Path, padmap
from emgfeedback.padmap.scene import HEIGHT, SIDES, WIDTH
from emgfeedback.padmap.shapes import Paint, Point, Shape, segments
from emgfeedback.ui.palette import LIGHT, Palette

DRAWINGS = File(__file__).resolve().parent.parent / "emgfeedback" / "padmap" / "drawings"
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"


def style(paint: Paint, palette: Palette) -> str:
    """Fill and stroke as attributes."""
    fill = getattr(palette, paint.fill) if paint.fill else "none"
    found = f'fill="{fill}"'
    if paint.fill and paint.opacity < 1.0:
        found += f' fill-opacity="{paint.opacity:g}"'
    if paint.stroke:
        found += f' stroke="{getattr(palette, paint.stroke)}" stroke-width="{paint.width:g}"'
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


def drawn(shape: Shape, palette: Palette) -> str:
    """One shape as an element."""
    if isinstance(shape, Label):
        anchor = {"left": "start", "centre": "middle", "right": "end"}[shape.align]
        weight = 600 if shape.bold else 400
        place = f'x="{shape.at[0]:.2f}" y="{shape.at[1]:.2f}" font-size="{shape.size}" font-weight="{weight}"'
        colour = getattr(palette, shape.tone)
        return f'<text {place} text-anchor="{anchor}" fill="{colour}">{escape(shape.text)}</text>'
    mark = f' class="{shape.mark}"' if shape.mark else ""
    if isinstance(shape, Disc):
        x, y = shape.centre
        place = f'cx="{x:.2f}" cy="{y:.2f}" r="{shape.radius:.2f}"'
        return f"<circle{mark} {place} {style(shape.paint, palette)}/>"
    return f'<path{mark} d="{outline(shape)}" {style(shape.paint, palette)}/>'


def picture(site: Site, side: str, palette: Palette = LIGHT) -> str:
    """The whole drawing as SVG text."""
    scene = padmap(site, side)
    box = f'width="{WIDTH:g}" height="{HEIGHT:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" {box} font-family="{FONT}">',
        f"<title>{escape(scene.title)}</title>",
        f"<desc>{escape(scene.words)}</desc>",
        f'<rect {box} fill="{palette.ground}"/>',
        *(drawn(shape, palette) for shape in scene.shapes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def main() -> None:
    """Write every drawing."""
    DRAWINGS.mkdir(parents=True, exist_ok=True)
    for site in SITES:
        for side in SIDES:
            (DRAWINGS / f"{site.id}-{side}.svg").write_text(picture(site, side), "utf-8")


if __name__ == "__main__":
    main()
