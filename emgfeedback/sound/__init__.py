"""Sound: tones and speech for who cannot look. Prompts only so far; everything runs off the window's loop."""

from emgfeedback.sound.sound import Sound

__all__ = ["Sound"]
