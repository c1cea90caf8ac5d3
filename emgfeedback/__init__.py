"""EMG feedback for exercise, training and education."""

__version__ = "0.1.0"
