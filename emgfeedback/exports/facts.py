"""What stands beside the samples: settings, calibration, channel map, versions, reps, gaps, markers."""

import json
import math
from dataclasses import asdict
from typing import Any

from emgfeedback import __version__
from emgfeedback.frame import Rep
from emgfeedback.session.file import SessionFile


def facts(session: SessionFile, reps: tuple[Rep, ...]) -> dict[str, Any]:
    """All of a session but its samples, ready for JSON; indices are absolute, NaN becomes null."""
    header, info = session.header, session.info
    start, stop = session.span
    return {
        "kind": "emgfeedback session",
        "simulated": info.simulated,
        "session": {
            "id": header.uuid,
            "started": header.started,
            "first_sample_at": session.first_sample_at.isoformat(),
            "stopped": session.stopped,
            "complete": session.complete,
            "wearer": header.wearer,
            "exercise": header.exercise,
            "isolated": header.isolated,
            "power": header.power,
        },
        "stream": {name: value for name, value in asdict(info).items() if name != "channels"},
        "channel_map": header.channel_map,
        "channels": [asdict(c) | {"label": c.label, "uv_per_count": c.uv_per_count} for c in info.channels],
        "samples": {"first": start, "stop": stop, "duration_s": session.duration_s},
        "settings": header.settings.as_record(),
        "zones": {side: asdict(zone) for side, zone in header.zones.items()},
        "calibration": asdict(header.calibration) if header.calibration else None,
        "calibrations": {str(number): asdict(c) for number, c in session.calibrations.items()},
        "gaps": [asdict(gap) for gap in session.gaps()],
        "markers": [asdict(marker) for marker in session.markers()],
        "events": [asdict(event) for event in session.events()],
        "reps": [rep_facts(rep, info.sfreq_hz) for rep in reps],
        "summary": session.summary(),
        "versions": dict(header.versions),
        "exported_by": f"emgfeedback {__version__}",
        "damage": session.damage,
    }


def rep_facts(rep: Rep, sfreq_hz: float) -> dict[str, Any]:
    """A rep for JSON, its times in seconds beside the sample indices."""
    record = {name: _known(value) for name, value in asdict(rep).items()}
    times = {
        f"{name}_s": getattr(rep, name) / sfreq_hz for name in ("start", "hold_start", "hold_stop", "stop")
    }
    return record | times


def _known(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_known(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def as_json(record: dict[str, Any]) -> bytes:
    """Readable JSON with a newline at its end, UTF-8."""
    return (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
