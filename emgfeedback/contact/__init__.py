"""Whether each channel's signal can be trusted, judged while it streams, and what to do when not."""

from emgfeedback.contact.metrics import rate_trouble, switched_off
from emgfeedback.contact.timing import timing
from emgfeedback.contact.watch import MOST_BLOCKS, ContactWatch

__all__ = ["MOST_BLOCKS", "ContactWatch", "rate_trouble", "switched_off", "timing"]
