"""Recorded sessions on the command line: listed, shown, deleted, verified."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from emgfeedback.coach.summary import summarise
from emgfeedback.opening import open_home
from emgfeedback.session.errors import SessionError
from emgfeedback.session.file import SessionFile
from emgfeedback.session.findings import findings
from emgfeedback.session.library import Entry, Library
from emgfeedback.session.verify import Verdict, verify
from emgfeedback.set_findings import gather, told

#: Characters a line where no terminal sets a limit.
WIDTH = 120
NO_SESSIONS = "No sessions yet. The first set fills this list."


def library() -> Library:
    """The sessions of this computer's data folder."""
    return Library(open_home().sessions)


def find_session(name: str) -> Path:
    """The file behind an ID or a path; raises ``SessionError``."""
    return library().resolve(name)


def list_sessions(*, as_json: bool) -> None:
    """One line a session, newest first."""
    entries = sorted(library().entries(), key=lambda entry: entry.started, reverse=True)
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in entries], indent=2))
    elif not entries:
        click.echo(NO_SESSIONS)
    else:
        console = Console(highlight=False)
        console.print(_table(entries), width=console.width if console.is_terminal else WIDTH, soft_wrap=True)


def _plain(entry: Entry) -> dict[str, Any]:
    record = {**asdict(entry), "path": str(entry.path)}
    del record["reps"], record["zones"]  # 'sessions show' has them
    return record


def _table(entries: list[Entry]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("ID", "Started", "Exercise", "Wearer", "Reps", "Share", "Notes"):
        # Where the terminal is narrow, words break and numbers stay whole.
        table.add_column(title, no_wrap=title not in ("Exercise", "Wearer", "Notes"), overflow="fold")
    for entry in entries:
        started = entry.started[:16].replace("T", " ")
        table.add_row(
            entry.id,
            started,
            entry.exercise,
            entry.wearer,
            str(entry.n_reps),
            _share(entry),
            _notes(entry),
        )
    return table


def _share(entry: Entry) -> str:
    """``60 % (51-69)``: the middle of the reps that count and how far they lie apart, of each side."""
    sides = [side for side in summarise(entry.reps) if side.counted]
    shares = []
    for side in sides:
        share = f"{100 * side.median_share:.0f} %"
        if side.counted > 1:
            share += f" ({100 * side.least_share:.0f}-{100 * side.greatest_share:.0f})"
        shares.append(f"{side.side} {share}" if len(sides) > 1 else share)
    return ", ".join(shares)


def _notes(entry: Entry) -> str:
    if entry.damage:
        return entry.damage
    notes = {
        "simulated": entry.simulated and entry.wearer != "simulated",
        "interrupted": not entry.complete,
        "no 100 %": not entry.calibrated,
        "quick calibration": entry.quality == "quick",
        "% of reference": entry.method == "reference",
    }
    return ", ".join(note for note, holds in notes.items() if holds)


def show_session(name: str, *, as_json: bool) -> None:
    """What is in one session: who, what, how long, each rep, the summary."""
    with SessionFile(find_session(name)) as session:
        content = _content(session)
    content["findings"] = _findings(session.path)
    if as_json:
        click.echo(json.dumps(content, indent=2, allow_nan=False))
        return
    for line in _lines(content):
        click.echo(line)


def _content(session: SessionFile) -> dict[str, Any]:
    header, info = session.header, session.info
    return {
        "id": header.uuid[:8],
        "path": str(session.path),
        "started": header.started,
        "wearer": header.wearer,
        "exercise": header.exercise,
        "simulated": info.simulated,
        "complete": session.complete,
        "duration_s": session.duration_s,
        "sfreq_hz": info.sfreq_hz,
        "board": info.source_id,
        "channel_map": header.channel_map,
        "calibration": header.calibration.quality if header.calibration else None,
        "method": header.calibration.method if header.calibration else None,
        "isolated": header.isolated,
        "power": header.power,
        "zones": {side: [zone.low, zone.high] for side, zone in header.zones.items()},
        "gaps": [asdict(gap) for gap in session.gaps()],
        "reps": [_numbers(asdict(rep)) for rep in session.reps()],
        "versions": dict(header.versions),
    }


def _findings(path: Path) -> list[str]:
    """What the reps say together, in sentences; a damaged file says nothing."""
    try:
        return list(told(gather(findings(path))))
    except SessionError:
        return []


def _numbers(record: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN: a share that was withheld is ``null``."""
    return {key: None if value != value else value for key, value in record.items()}


def _lines(content: dict[str, Any]) -> list[str]:
    who = "simulated person" if content["simulated"] else content["wearer"]
    lines = [
        f"{content['id']}  {content['started'][:16].replace('T', ' ')}  {content['exercise']}, {who}",
        f"{content['duration_s']:.1f} s at {content['sfreq_hz']:g} Hz, {content['channel_map']}",
        f"{'Reference' if content['method'] == 'reference' else '100 %'}: "
        f"{content['calibration'] or 'none, µV only'}",
    ]
    if not content["complete"]:
        lines.append("The recording was cut off; everything up to then is here.")
    lines += [
        f"Lost: {gap['n_samples']} samples at {gap['start']} ({gap['cause']})" for gap in content["gaps"]
    ]
    for rep in content["reps"]:
        share = (
            f"share {100 * rep['share']:.0f} %"
            if rep["share"] is not None
            else f"left out, {rep['left_out']}"
        )
        seconds = rep["start"] / content["sfreq_hz"]
        lines.append(f"rep {rep['number']} {rep['side']} at {seconds:.1f} s: {share}")
    return [*lines, *content["findings"]]


def delete_session(path: Path) -> None:
    """Remove the file for good."""
    path.unlink()
    click.echo(f"Deleted {path}")


def verify_sessions(files: tuple[str, ...]) -> bool:
    """A line for each file, and one for each finding; whether all are whole."""
    whole = True
    for name in files:
        try:
            verdict = verify(find_session(name))
        except SessionError as error:
            click.echo(f"emgfeedback: {error}", err=True)
            whole = False
            continue
        whole = whole and verdict.ok
        click.echo(_verdict_line(verdict))
        for finding in verdict.findings:
            click.echo(f"  {finding.text}")
    return whole


def _verdict_line(verdict: Verdict) -> str:
    word = "whole" if verdict.ok else "DAMAGED"
    simulated = ", simulated" if verdict.simulated else ""
    return (
        f"{verdict.path}: {word}{simulated}, {verdict.n_samples} samples, {verdict.n_lost} lost, "
        f"{verdict.n_reps} reps, {verdict.digest[:16]}"
    )
