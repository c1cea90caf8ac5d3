"""How colours look: contrast (WCAG 2), CIEDE2000, and colour vision by Machado et al. 2009 at severity 1.

Colours are ``#RRGGBB`` or sRGB triples 0..1. ``VISIONS`` names every way of seeing that is tested; grey is
luminance alone, as on a monochrome print.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

#: Rows of the matrices on linear RGB (Machado, Oliveira, Fernandes 2009, table of severity 1.0).
MACHADO = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
VISIONS = ("normal", *MACHADO, "grey")
#: Linear sRGB to XYZ, divided by the white of D65; the second row of the plain matrix is luminance.
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], LUMINANCE, [0.0193339, 0.1191920, 0.9503041]]
) / np.array([[0.95047], [1.0], [1.08883]])


def linear(colour: str | ArrayLike) -> Array:
    """Linear RGB of a colour."""
    if isinstance(colour, str):
        colour = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    srgb = np.asarray(colour, float)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str | ArrayLike, other: str | ArrayLike) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    low, high = sorted(float(LUMINANCE @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen_by(vision: str, colour: str | ArrayLike) -> Array:
    """Linear RGB of ``colour`` as it looks in ``vision``."""
    rgb = linear(colour)
    if vision == "grey":
        return np.full(3, LUMINANCE @ rgb)
    return rgb if vision == "normal" else np.clip(np.array(MACHADO[vision]) @ rgb, 0.0, 1.0)


def lab(rgb: Array) -> Array:
    """CIELAB of linear RGB under D65."""
    t = TO_XYZ @ rgb
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: ArrayLike, other: ArrayLike) -> float:
    """Colour difference of two CIELAB colours (CIE 142-2001)."""
    (l1, a1, b1), (l2, a2, b2) = np.asarray(one, float), np.asarray(other, float)
    mean7 = np.mean([np.hypot(a1, b1), np.hypot(a2, b2)]) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = np.arctan2(b1, stretch * a1), np.arctan2(b2, stretch * a2)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi if c1 * c2 else 0.0
    hue = h1 + turn / 2 if c1 * c2 else h1 + h2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 + sum(
        weight * np.cos(k * hue + np.radians(shift))
        for weight, k, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    d_l, d_c, d_h = (l2 - l1) / s_l, (c2 - c1) / s_c, 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / s_h
    blue = 60 * np.exp(-(((np.degrees(hue) % 360 - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(blue))
    return float(np.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h))


def distance(vision: str, one: str | ArrayLike, other: str | ArrayLike) -> float:
    """CIEDE2000 between two colours as they look in ``vision``."""
    return ciede2000(lab(seen_by(vision, one)), lab(seen_by(vision, other)))
