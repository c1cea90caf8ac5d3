"""Sets, zones and what to tell the wearer: pure decisions."""
