"""Drawings of where the pads go: one geometry in cm of the body, painted by the window and as SVG."""

from emgfeedback.padmap.scene import Scene, padmap
from emgfeedback.padmap.shapes import Disc, Label, Path, Point

__all__ = ["Disc", "Label", "Path", "Point", "Scene", "padmap"]
