"""Export of all but the samples as JSON."""

from pathlib import Path

from emgfeedback.exports.facts import as_json, facts
from emgfeedback.exports.target import refuse_existing, writing
from emgfeedback.session.analysis import rebuild
from emgfeedback.session.file import SessionFile


def write(session: SessionFile, target: Path, *, force: bool) -> tuple[Path, ...]:
    """Write ``target``; raises ``ExportError`` and ``SessionError``."""
    if not force:
        refuse_existing(target)
    content = as_json(facts(session, rebuild(session)))
    with writing(target) as file:
        file.write(content)
    return (target,)
