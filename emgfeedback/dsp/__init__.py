"""Streaming blocks: filters and envelopes that carry their state."""
