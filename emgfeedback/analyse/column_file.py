"""Columns of numbers out of a CSV file, or one sentence about what is wrong with it and where."""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.analyse.errors import AnalysisError

Array = NDArray[np.float64]

#: The column that says when a row was taken, in seconds.
TIME = "time_s"
#: Names that a sentence lists before it breaks off.
MOST_NAMES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The wanted columns of a file as (n_rows, n_names) float64, and its ``time_s`` (n_rows,) if it has one.

    Every number is finite.
    """

    path: Path
    names: tuple[str, ...]
    values: Array
    time_s: Array | None


def read_columns(path: Path, names: Sequence[str]) -> Columns:
    """Read ``names`` and ``time_s`` of a comma-separated file whose first row names the columns.

    Raises ``AnalysisError`` for a file or column that is not there, a field that is no number, a row
    that is too short, an empty file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [name.strip() for name in next(csv.reader(file), [])]
            where = [_position(name, header, path) for name in names]
            at_time = [header.index(TIME)] if TIME in header and TIME not in names else []
            if not file.readline().strip():
                raise AnalysisError(f"{path} has no samples, only a row of names.")
        table = _numbers(path, where + at_time)
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise AnalysisError(f"{path} is not a CSV file: it is not text in columns.") from error
    time_s = table[:, -1] if at_time else None
    return Columns(path, tuple(names), np.ascontiguousarray(table[:, : len(names)]), time_s)


def _position(name: str, header: list[str], path: Path) -> int:
    found = [k for k, own in enumerate(header) if own == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise AnalysisError(f"{path} has {len(found)} columns named {name!r}; give each its own name.")
    names = ", ".join(header[:MOST_NAMES]) + (", ..." if len(header) > MOST_NAMES else "")
    raise AnalysisError(f"{path} has no column {name!r}; it has: {names or 'none'}.")


def _numbers(path: Path, where: list[int]) -> Array:
    """The columns ``where`` as floats, the fast way; what is wrong is looked for only when something is."""
    try:
        table: Array = np.loadtxt(
            path, delimiter=",", skiprows=1, usecols=where, ndmin=2, comments=None, quotechar='"',
            encoding="utf-8-sig",
        )  # fmt: skip
    except UnicodeDecodeError:
        raise
    except ValueError as error:
        raise AnalysisError(_what_is_wrong(path, where) or f"{path} cannot be read: {error}.") from error
    if not np.isfinite(table).all():
        raise AnalysisError(_what_is_wrong(path, where))
    return table


def _what_is_wrong(path: Path, where: list[int]) -> str:
    """The first field among the columns ``where`` that is not a finite number, and how many rows have one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        faults = list(_faults(reader, where))
    if not faults:
        return ""
    line, column, field = faults[0]
    rows = len({fault[0] for fault in faults})
    others = f", and {rows - 1} more row(s) have such a gap" if rows > 1 else ""
    what = f"has {field!r}, which is no number," if field else "has nothing"
    name = header[column].strip()
    return f"{path}, line {line} {what} in column {name!r}{others}; cut the file there or fill it."


def _faults(rows: Iterator[list[str]], where: list[int]) -> Iterator[tuple[int, int, str]]:
    """Line number, column and text of every field that is not a finite number."""
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        for column in where:
            field = row[column].strip() if column < len(row) else ""
            if not _is_finite(field):
                yield line, column, field


def _is_finite(field: str) -> bool:
    try:
        return math.isfinite(float(field))
    except ValueError:
        return False
