"""``python -m emgfeedback``."""

from emgfeedback.cli import main

main()
