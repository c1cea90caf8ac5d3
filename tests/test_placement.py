"""Where pads go: every site is complete, in plain words, and its drawing shows what its words say."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import draw_pads
import pytest
import reading_ease

from calibration.placement import (
    DEFAULTS,
    PAD_DISTANCE_MM,
    PARTS,
    SITES,
    Site,
    default_site,
    finding,
    site,
    sticking,
)
from emgfeedback.padmap import Disc, Label, Path, padmap
from emgfeedback.padmap.scene import HEIGHT, LAYOUTS, SIDES, WIDTH
from emgfeedback.padmap.shapes import Point, segments

each_site = pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
each_side = pytest.mark.parametrize("side", SIDES)
SVG = "{http://www.w3.org/2000/svg}"


def texts(one: Site) -> list[str]:
    """All that a wearer reads about a site."""
    return [*finding(one), *sticking(one), f"{one.name}, {one.plain}.", f"{one.short}."]


# The words


@each_site
def test_a_site_is_complete(one: Site) -> None:
    assert one.muscle in DEFAULTS
    assert one.start.id != one.stop.id
    assert one.fraction in PARTS
    assert -90.0 < one.turn_deg < 90.0
    assert one.sources
    assert all(source.title and source.address.startswith("http") for source in one.sources)
    assert one.start.latin
    assert one.stop.latin
    for step in (*finding(one), *sticking(one)):
        assert step.endswith("."), step
        assert "!" not in step
        assert max(len(part.split()) for part in re.split(r"[.?:] ", step)) <= 20, step


@each_site
def test_the_steps_name_both_landmarks_the_part_and_the_example(one: Site) -> None:
    found = " ".join(finding(one))
    assert f"Find 1, the {one.start.label}" in found
    assert f"Find 2, the {one.stop.label}" in found
    assert one.part in found
    line, mark = (int(number) for number in re.findall(r"(\d+)\s?cm", one.spot))
    assert mark == pytest.approx(one.fraction * line, abs=0.5)


@each_site
def test_every_site_says_skin_distance_reference_and_calibrate_again(one: Site) -> None:
    said = " ".join(sticking(one)).replace("\u00a0", " ")
    for words in (
        "Shave",
        "alcohol",
        "dry",
        "20 mm apart from centre to centre",
        "10 mm",
        "on bone",
        "Calibrate again",
    ):
        assert words in said
    if one.muscle == "glute":
        assert "Pressure makes a false signal" in said


def test_the_standard_places() -> None:
    assert default_site("glute").name == "Gluteus maximus"
    assert default_site("quad").name == "Vastus lateralis"
    assert default_site("hamstring").name == "Biceps femoris"
    assert "over the hip" in default_site("quad").about
    assert len({one.id for one in SITES}) == len(SITES) == 6
    assert site("Vastus  Medialis").id == "vastus-medialis"
    assert all(site(one.id) is one and site(one.name) is one for one in SITES)


@pytest.mark.parametrize("ask", [site, default_site])
@pytest.mark.parametrize("name", ["", "biceps", "gluteus"])
def test_an_unknown_name_is_one_sentence(ask, name: str) -> None:
    with pytest.raises(ValueError, match="choose from glute, quad, hamstring"):
        ask(name)


def test_a_child_of_twelve_can_read_it() -> None:
    """Flesch-Kincaid grade of all texts, and of each site: measured 1.1 and at most 1.5; 6 is the limit."""
    assert reading_ease.grade(text for one in SITES for text in texts(one)) <= 6.0
    for one in SITES:
        assert reading_ease.grade(texts(one)) <= 6.0


# The drawing, read back from the file that is shipped


def drawn(one: Site, side: str) -> ET.Element:
    return ET.parse(draw_pads.DRAWINGS / f"{one.id}-{side}.svg").getroot()


def centre(root: ET.Element, mark: str) -> Point:
    """Where the one circle of this class stands."""
    (found,) = (c for c in root.iter(f"{SVG}circle") if c.get("class") == mark)
    return float(found.get("cx", "")), float(found.get("cy", ""))


def centres(root: ET.Element) -> tuple[Point, Point, Point, Point]:
    """Landmarks 1 and 2, pads 1 and 2."""
    first, second = centre(root, "landmark-1"), centre(root, "landmark-2")
    return first, second, centre(root, "pad-1"), centre(root, "pad-2")


def bearing(start: Point, stop: Point) -> float:
    return math.degrees(math.atan2(stop[1] - start[1], stop[0] - start[0]))


def between(first: float, second: float) -> float:
    """Degrees between two lines without a direction, 0 to 90."""
    turned = abs(first - second) % 180.0
    return min(turned, 180.0 - turned)


@each_side
@each_site
def test_the_spot_lies_at_its_part_of_the_line(one: Site, side: str) -> None:
    first, second, upper, lower = centres(drawn(one, side))
    spot = (upper[0] + lower[0]) / 2, (upper[1] + lower[1]) / 2
    to_spot, to_end = math.dist(first, spot), math.dist(first, second)
    assert to_spot / to_end == pytest.approx(one.fraction, abs=0.002)
    assert to_spot + math.dist(spot, second) == pytest.approx(to_end, abs=0.1)


@each_side
@each_site
def test_the_pads_are_20_mm_apart_in_the_scale_of_a_line_as_long_as_it_may_be(one: Site, side: str) -> None:
    first, second, upper, lower = centres(drawn(one, side))
    per_cm = LAYOUTS[one.id].scale
    assert math.dist(upper, lower) / per_cm == pytest.approx(PAD_DISTANCE_MM / 10.0, abs=0.01)
    assert math.dist(first, second) / per_cm == pytest.approx(one.example_cm, rel=0.12)


@each_side
@each_site
def test_the_row_is_turned_as_the_words_say(one: Site, side: str) -> None:
    first, second, upper, lower = centres(drawn(one, side))
    turn = between(bearing(first, second), bearing(upper, lower))
    assert turn == pytest.approx(abs(one.turn_deg), abs=0.6)
    assert ("along the line" in one.row) == (turn < 5.0)
    assert ("across the line" in one.row) == (turn > 70.0)


@each_side
def test_the_glute_row_points_from_the_dimple_to_the_bump(side: str) -> None:
    root = drawn(site("gluteus-maximus"), side)
    _, bump, upper, lower = centres(root)
    dimples = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "dimple"]
    places = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in dimples]
    dimple = min(places, key=lambda place: math.dist(place, bump))
    assert between(bearing(dimple, bump), bearing(upper, lower)) < 4.0


@each_side
def test_the_quad_rows_lean_as_the_words_say(side: str) -> None:
    *_, upper, lower = centres(drawn(site("vastus-lateralis"), side))
    inwards = -1.0 if side == "right" else 1.0
    assert lower[1] > upper[1]
    assert inwards * (lower[0] - upper[0]) > 2.0
    *_, one, other = centres(drawn(site("vastus-medialis"), side))
    inner, outer = sorted((one, other), key=lambda pad: -inwards * pad[0])
    assert inner[1] < outer[1] - 2.0


def outline(path: Path) -> list[Point]:
    """A closed path as a polygon."""
    points, here = [], path.points[0]
    for first, second, end in segments(path.points, closed=path.closed):
        for k in range(8):
            t = k / 8
            weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            corners = (here, first, second, end)
            points.append(tuple(sum(w * p[a] for w, p in zip(weights, corners, strict=True)) for a in (0, 1)))
        here = end
    return points  # type: ignore[return-value]


def inside(point: Point, polygon: list[Point]) -> bool:
    """Whether a ray to the right leaves the polygon an odd number of times."""
    x, y = point
    crossed = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed = not crossed
    return crossed


def discs(one: Site, side: str) -> dict[str, Disc]:
    return {s.mark: s for s in padmap(one, side).shapes if isinstance(s, Disc) and s.mark}


@each_side
@each_site
def test_whole_pads_lie_on_the_muscle_and_landmarks_on_the_body(one: Site, side: str) -> None:
    shapes = padmap(one, side).shapes
    muscle = next(outline(s) for s in shapes if isinstance(s, Path) and s.mark == "muscle")
    body = next(outline(s) for s in shapes if isinstance(s, Path) and s.mark == "body")
    found = discs(one, side)
    for name in ("pad-1", "pad-2"):
        disc = found[name]
        for k in range(12):
            turn = math.radians(30.0 * k)
            rim = disc.centre[0] + disc.radius * math.cos(turn), disc.centre[1] + disc.radius * math.sin(turn)
            assert inside(rim, muscle), f"{name} at {30 * k} degrees"
    for name in ("landmark-1", "landmark-2"):
        assert inside(found[name].centre, body)


@each_site
def test_left_is_right_seen_in_a_mirror(one: Site) -> None:
    right, left = discs(one, "right"), discs(one, "left")
    assert right.keys() == left.keys() >= {"third-pad", "landmark-1", "pad-1"}
    for name, disc in right.items():
        assert left[name].centre == pytest.approx((WIDTH - disc.centre[0], disc.centre[1]))
    words = {side: [s.text for s in padmap(one, side).shapes if isinstance(s, Label)] for side in SIDES}
    assert "right side" in words["right"]
    assert [text.replace("right side", "left side") for text in words["right"]] == words["left"]


@each_side
@each_site
def test_the_named_side_is_where_the_wearer_has_it(one: Site, side: str) -> None:
    """From behind and in a mirror, right is right: the outer side is where you see it on your own leg."""
    seen_from = LAYOUTS[one.id].view.words
    if "side" in seen_from:
        return
    body = next(s for s in padmap(one, side).shapes if isinstance(s, Path) and s.mark == "body")
    midline = sum(x for x, _ in body.points) / len(body.points)
    on_the_right = discs(one, side)["pad-1"].centre[0] > midline
    assert on_the_right is (side == "right")


def test_from_the_side_the_toes_point_away_from_the_back() -> None:
    """Who looks at their right side sees the toes on the right."""
    for side in SIDES:
        shapes = padmap(site("gluteus-medius"), side).shapes
        body = max(
            (s for s in shapes if isinstance(s, Path) and s.mark == "body"), key=lambda s: len(s.points)
        )
        sole = max(y for _, y in body.points)
        hip = discs(site("gluteus-medius"), side)["landmark-2"].centre[0]
        toes = max((x for x, y in body.points if y == sole), key=lambda x: abs(x - hip))
        assert (toes > hip) is (side == "right")


def test_an_unknown_side_is_refused() -> None:
    with pytest.raises(ValueError, match="left or right"):
        padmap(SITES[0], "both")


# The files


def colours(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        for key in ("fill", "stroke"):
            value = element.get(key)
            if value and value != "none":
                yield value


@each_side
@each_site
def test_the_shipped_drawing_is_what_its_tool_draws_and_well_formed(one: Site, side: str) -> None:
    path = draw_pads.DRAWINGS / f"{one.id}-{side}.svg"
    assert path.read_text("utf-8") == draw_pads.picture(one, side)
    root = drawn(one, side)
    assert root.get("viewBox") == f"0 0 {WIDTH:g} {HEIGHT:g}"
    assert root.findtext(f"{SVG}title") == f"{one.name}, {side} side"
    assert one.start.label in (root.findtext(f"{SVG}desc") or "")
    tokens = draw_pads.TOKENS
    assert set(colours(root)) <= set(tokens.values())
    text = {element.get("fill") for element in root.iter(f"{SVG}text")}
    assert text <= {tokens["ink"], tokens["soft"], tokens["ground"]}
    others = {tokens["glute"], tokens["quad"]} - {tokens.get(one.muscle)}
    assert not others & set(colours(root))


def test_no_drawing_is_left_over() -> None:
    wanted = {f"{one.id}-{side}.svg" for one in SITES for side in SIDES}
    assert {path.name for path in draw_pads.DRAWINGS.iterdir()} == wanted


def test_the_document_is_what_its_tool_writes() -> None:
    assert draw_pads.DOCUMENT.read_text("utf-8") == draw_pads.document()
