"""Rules of the house that no ready tool checks: sizes, words, and a test for every clause of the protocol.

Each rule reads files and returns the list of what breaks it, one sentence a finding, and a summary.
"""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("emgfeedback", "device", "calibration")
MODULE_LINES_MAX = 600
MODULE_LINES_P90 = 400
FUNCTION_LINES_P90 = 40

#: Words that would make a claim about health, judge a person, or name a private machine. One letter of each
#: stands in brackets, so that this list does not find itself.
FORBIDDEN = re.compile(
    r"\bdiagno[s]|\btrea[t](s|ed|ing|ment|ments)?\b|therap[yie]|rehabilit[a]|\bpatien[t]s?\b"
    r"|medical[- ]grad[e]|\babnorma[l]|\bnorma[l] (range|value|muscle|person|people|wearer|user)s?\b"
    r"|fires? lat[e]\b|\bdysfunctio[n]|/wor[k]/|/roo[t]/|\bassistan[t]\b|\bclaud[e]\b|\banthropi[c]\b"
    r"|\bopena[i]\b|\bchatgp[t]\b|\bcopilo[t]\b|\bLL[M]s?\b|(?-i:\bA[I]\b)|artifactor[y]|\bpypi-mirro[r]",
    re.IGNORECASE,
)
TEXT_SUFFIXES = {
    "", ".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".svg", ".ino", ".h", ".c", ".cpp", ".json", ".html",
    ".css", ".csv", ".sh", ".typed",
}  # fmt: skip

CLAUSE = re.compile(r"\*\*P(\d+)\.(\d+)\*\*")
CLAUSE_TEST = re.compile(r"def test_p(\d+)_(\d+)(?:_|\b)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found: a line for people, and a sentence for each breach."""

    summary: str
    breaches: tuple[str, ...] = ()


def tracked_files(root: Path) -> Iterator[Path]:
    """Every file that git keeps or would keep, below ``root``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return (root / name for name in listed.split("\0") if name and (root / name).is_file())


def package_files(root: Path) -> list[Path]:
    """The Python files of the shipped packages."""
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))


def sizes(root: Path) -> Verdict:
    """Modules and functions stay short: limits at the top of this module, from the plan of the house."""
    texts = {path.relative_to(root): path.read_text("utf-8") for path in package_files(root)}
    modules = {path: len(text.splitlines()) for path, text in texts.items() if text.strip()}
    functions = [length for text in texts.values() for length in function_lengths(text)]
    module_p90, function_p90 = percentile_90(modules.values()), percentile_90(functions)
    breaches = [
        f"{path} has {lines} lines; {MODULE_LINES_MAX} is the most."
        for path, lines in modules.items()
        if lines > MODULE_LINES_MAX
    ]
    if module_p90 > MODULE_LINES_P90:
        breaches.append(f"The p90 of module lines is {module_p90}; {MODULE_LINES_P90} is the most.")
    if function_p90 > FUNCTION_LINES_P90:
        breaches.append(f"The p90 of function lines is {function_p90}; {FUNCTION_LINES_P90} is the most.")
    summary = (
        f"{len(modules)} modules, lines median {statistics.median(modules.values()):.0f}, p90 {module_p90}; "
        f"{len(functions)} functions, median {statistics.median(functions):.0f}, p90 {function_p90}"
    )
    return Verdict(summary, tuple(breaches))


def function_lengths(text: str) -> Iterator[int]:
    """Lines of each function or method in a module, from ``def`` to its last line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def percentile_90(values: Iterable[int]) -> int:
    """The value that nine tenths of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-9 * len(ordered) // 10) - 1)]


def words(root: Path) -> Verdict:
    """No forbidden word in any text file that git keeps."""
    breaches: list[str] = []
    count = 0
    for path in tracked_files(root):
        if path.suffix not in TEXT_SUFFIXES:
            continue
        count += 1
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            breaches += [
                f"{path.relative_to(root)}:{number}: the words «{found[0]}»."
                for found in FORBIDDEN.finditer(line)
            ]
    return Verdict(f"{count} text files", tuple(breaches))


def clauses(root: Path) -> Verdict:
    """Every clause of firmware_protocol.md has a test that bears its number, and no test a dead number."""
    wanted = set(CLAUSE.findall((root / "firmware_protocol.md").read_text("utf-8")))
    found = {
        clause
        for path in sorted((root / "tests").glob("test_*.py"))
        for clause in CLAUSE_TEST.findall(path.read_text("utf-8"))
    }
    order = sorted(wanted, key=lambda clause: (int(clause[0]), int(clause[1])))
    breaches = [f"Clause P{a}.{b} has no test test_p{a}_{b}_..." for a, b in order if (a, b) not in found]
    breaches += [f"A test bears the number P{a}.{b}, which no clause has." for a, b in sorted(found - wanted)]
    return Verdict(f"{len(wanted)} clauses, {len(wanted & found)} with tests", tuple(breaches))
