"""What can be wrong with a recording that is to be analysed."""

from emgfeedback.session.errors import SessionError


class AnalysisError(SessionError):
    """A recording cannot be analysed: ``str(error)`` is one sentence for the user."""
