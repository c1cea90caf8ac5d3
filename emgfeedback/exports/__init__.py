"""Session files into other formats."""
