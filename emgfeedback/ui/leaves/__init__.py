"""The leaf widgets: each paints the newest state that it was shown, and knows no source of data."""
