"""What can go wrong with an export."""

from emgfeedback.session.errors import SessionError


class ExportError(SessionError):
    """An export cannot be written: ``str(error)`` is one sentence for the user."""
