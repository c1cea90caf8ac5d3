"""Findings of a recorded session's reps: onsets, phases, co-contraction, spectral shift, for reports."""

from pathlib import Path

from emgfeedback.rep_findings import RepFindings, RepWatch
from emgfeedback.session.analysis import frames
from emgfeedback.session.file import SessionFile
from emgfeedback.session.setup import setups

#: Kind of the event that ends a set; what follows is compared with itself only.
SET_ENDED = "set ended"


def findings(path: Path | str) -> tuple[RepFindings, ...]:
    """Run a session through its pipeline, and say what is known of each rep. Raises ``SessionError``.

    What a live ``RepWatch`` under the same setups says, as it sees the same frames cut elsewhere.
    """
    found: list[RepFindings] = []
    with SessionFile(path) as session:
        (_, setup), *coming = setups(session)
        watch = RepWatch(session.info, setup.settings, setup.calibration)
        for event in session.events():
            if event.kind == SET_ENDED:
                watch.start_set(event.sample)
        for chunk, frame in frames(session):
            while coming and coming[0][0] <= chunk.start:
                setup = coming.pop(0)[1]
                watch.follow(setup.settings, setup.calibration)
            found += watch.push(frame)
    return tuple(found)
