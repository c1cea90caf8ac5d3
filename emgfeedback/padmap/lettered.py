"""Breaking a drawing's words into lines without asking a font: by a width that its letters do not exceed."""

#: Width of a letter on average, in parts of the size, and of a bold one. Inter stays below; so do the wider
#: letters that stand in for it where an SVG is shown without it.
LETTER, BOLD = 0.585, 0.66


def lines(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """``text`` broken at spaces into lines about ``room`` units wide at most; a longer word stands alone."""
    longest = max(1, int(room / ((BOLD if bold else LETTER) * size)))
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= longest:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return tuple(found)
