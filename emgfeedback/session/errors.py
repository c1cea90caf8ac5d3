"""What can go wrong with a session file.

    SessionError
    ├── NotASession      no such file, another kind of file, or a newer format
    ├── DamagedSession   a session file whose content cannot be read whole
    └── RecordingFailed  the file cannot be created or written

Each message is one sentence: what is wrong, where, what to do. Lost samples are no
exceptions: they are rows of the ``gap`` table.
"""


class SessionError(Exception):
    """Base of all session errors: ``str(error)`` is one sentence for the user."""


class NotASession(SessionError):
    """The path leads to no session file that this version can read."""


class DamagedSession(SessionError):
    """A session file with bytes that are not as they were written."""


class RecordingFailed(SessionError):
    """A session file cannot be created or written."""
