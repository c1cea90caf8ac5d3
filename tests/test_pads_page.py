"""The page Pads and its drawing: chosen by keyboard, follows the calibration, readable in every look."""

from types import SimpleNamespace
from typing import Any

import desk_pages
import draw_pads
import numpy as np
import pytest
import xvfb_screen  # noqa: F401 - first of all, so that Qt finds a screen
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qt_window import long_words, pixels
from test_leaves import painted_outside

from calibration.placement import SITES, site
from calibration.prompt import Prompt
from emgfeedback.padmap import Disc, Label, padmap
from emgfeedback.padmap.scene import HEIGHT, SIDES, WIDTH
from emgfeedback.ui import lettering
from emgfeedback.ui.desk_page import Look
from emgfeedback.ui.leaves.pad_map import PadMap, PadMapState
from emgfeedback.ui.model import Model
from emgfeedback.ui.pages.pads import PadsPage
from emgfeedback.ui.palette import DARK, LIGHT, Palette
from emgfeedback.ui.text import tr
from emgfeedback.ui.type_scale import SMALLEST, Face, fitting_size_of, load_fonts, width
from emgfeedback.ui.window import Window

desk_pages.prepare()
EACH = [(one.id, side) for one in SITES for side in SIDES]
