"""80 by 24 cells with a style each, the glyphs put on them, and big digits: paper for terminal pages."""

from dataclasses import dataclass

from rich.text import Text

WIDTH, HEIGHT = 80, 24
#: Styles: blue and orange mean a muscle, nothing else; both read on light and dark grounds.
GLUTE, QUAD, SOFT, STRONG = "#5b86f2", "#d0730b", "dim", "bold"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One character for each thing that is drawn; the sign of a muscle is a shape, never only a colour."""

    glute: str = "●"
    quad: str = "■"
    other: str = "◆"
    trouble: str = "△"
    good: str = "✓"
    fill_glute: str = "█"
    fill_quad: str = "▒"
    empty: str = "·"
    withheld: str = "╱"
    split: str = "│"
    rule: str = "─"
    left: str = "└"
    right: str = "┘"
    digit: str = "█"
    micro: str = "µ"
    beyond: str = "»"


UNICODE = Glyphs()
ASCII = Glyphs(
    glute="o", quad="#", other="x", trouble="!", good="+", fill_glute="=", fill_quad="#", empty=".",
    withheld="/", split="|", rule="-", left="[", right="]", digit="#", micro="u", beyond=">",
)  # fmt: skip

_FONT = {
    "0": ("#####", "#   #", "#   #", "#   #", "#####"),
    "1": ("  #  ", " ##  ", "  #  ", "  #  ", "#####"),
    "2": ("#####", "    #", "#####", "#    ", "#####"),
    "3": ("#####", "    #", " ####", "    #", "#####"),
    "4": ("#   #", "#   #", "#####", "    #", "    #"),
    "5": ("#####", "#    ", "#####", "    #", "#####"),
    "6": ("#####", "#    ", "#####", "#   #", "#####"),
    "7": ("#####", "    #", "   # ", "  #  ", "  #  "),
    "8": ("#####", "#   #", "#####", "#   #", "#####"),
    "9": ("#####", "#   #", "#####", "    #", "#####"),
    "%": ("#   #", "   # ", "  #  ", " #   ", "#   #"),
    ">": ("#    ", " ##  ", "   ##", " ##  ", "#    "),
    "<": ("    #", "  ## ", "##   ", "  ## ", "    #"),
    "-": ("     ", "     ", "#####", "     ", "     "),
}


class Page:
    """Cells with a style each: whatever is put beyond the edge is cut, never wrapped."""

    def __init__(self, glyphs: Glyphs) -> None:
        self.glyphs = glyphs
        self._cells = [[" "] * WIDTH for _ in range(HEIGHT)]
        self._styles = [[""] * WIDTH for _ in range(HEIGHT)]

    def put(self, row: int, column: int, text: str, style: str = "") -> None:
        """Text from ``column`` on."""
        text = text.replace("µ", self.glyphs.micro)
        for k, character in enumerate(text[: max(WIDTH - column, 0)], start=column):
            self._cells[row][k], self._styles[row][k] = character, style

    def put_right(self, row: int, column: int, text: str, style: str = "") -> None:
        """Text that ends before ``column``."""
        self.put(row, max(column - len(text), 0), text, style)

    def rule(self, row: int) -> None:
        """A line across the page."""
        self.put(row, 1, self.glyphs.rule * (WIDTH - 2), SOFT)

    def big(self, row: int, column: int, text: str) -> None:
        """Digits and % < > - five rows high, seven columns each."""
        for k, character in enumerate(text):
            for line, cells in enumerate(_FONT[character]):
                self.put(row + line, column + 7 * k, cells.replace("#", self.glyphs.digit), STRONG)

    def lines(self) -> list[Text]:
        """The page as ``HEIGHT`` lines."""
        return [
            Text.assemble(*zip(cells, styles, strict=True))
            for cells, styles in zip(self._cells, self._styles, strict=True)
        ]


def sign(glyphs: Glyphs, muscle: str) -> str:
    """The shape that stands for a muscle."""
    return {"glute": glyphs.glute, "quad": glyphs.quad}.get(muscle, glyphs.other)


def style_of(muscle: str) -> str:
    """The colour that stands for a muscle, or none."""
    return {"glute": GLUTE, "quad": QUAD}.get(muscle, "")
