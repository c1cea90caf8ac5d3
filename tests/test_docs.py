"""The documents keep their word: links lead somewhere, pictures are current, commands exist."""

import re
import shlex
from pathlib import Path

import click
import draw_wiring
import pytest

from emgfeedback.cli import main
from emgfeedback.safety import LINES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
COMMAND = re.compile(r"^(?:emgfeedback|python3 tools/run\.py) (.+)$|`emgfeedback ([^`]+)`", re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def flat(text: str) -> str:
    """``text`` with every run of white space as one space."""
    return " ".join(text.split())


def commands(document: Path) -> list[str]:
    """Arguments of every emgfeedback command that the document tells people to type."""
    text = document.read_text("utf-8")
    found = [first or second for first, second in COMMAND.findall(text)]
    return [flat(command.partition("#")[0]) for command in found]


TYPED = [(document.name, command) for document in DOCUMENTS for command in commands(document)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = [target for target, _ in LINK.findall(document.read_text("utf-8"))]
    local = [target for target in targets if "://" not in target]
    missing = [target for target in local if not (document.parent / target).exists()]
    assert not missing


def test_the_readme_starts_with_its_two_commands() -> None:
    first = BLOCK.search((ROOT / "README.md").read_text("utf-8"))
    assert first is not None
    lines = [line.partition("#")[0].strip() for line in first[1].strip().splitlines()]
    assert lines == ["python3 tools/run.py", "python3 tools/test.py"]
    assert first.start() < 40


@pytest.mark.parametrize("line", LINES)
def test_the_readme_has_every_safety_line_of_the_app(line: str) -> None:
    assert flat(line) in flat((ROOT / "README.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "sensors"),
    [("wiring-2.svg", draw_wiring.RIGHT_LEG), ("wiring-4.svg", draw_wiring.BOTH_LEGS)],
)
def test_the_wiring_pictures_are_what_their_script_draws(name: str, sensors) -> None:
    assert (draw_wiring.IMAGES / name).read_text("utf-8") == draw_wiring.picture(sensors)


def test_the_documents_have_commands_to_check() -> None:
    assert len(TYPED) > 10


@pytest.mark.parametrize(("document", "command"), TYPED)
def test_every_documented_command_and_option_exists(document: str, command: str) -> None:
    words = shlex.split(command.replace("...", ""))
    known: click.Command = main
    while isinstance(known, click.Group) and words and not words[0].startswith("-"):
        context = click.Context(known)
        found = known.get_command(context, words[0])
        assert found is not None, f"{document}: there is no command {words[0]}"
        known, words = found, words[1:]
    options = {name for parameter in known.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in options | {"--help"}, f"{document}: no option {word}"
