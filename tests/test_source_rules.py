"""The house's own gates see what they are there to see."""

import subprocess
from pathlib import Path

import pytest
import source_rules

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A small git tree with the three packages, one clause and its test."""
    for package in source_rules.PACKAGES:
        (tmp_path / package).mkdir()
        text = '"""One line."""\n\n\ndef one() -> int:\n    return 1\n'
        (tmp_path / package / "__init__.py").write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_wire.py").write_text("def test_p1_2_a_frame_ends_with_zero() -> None: ...\n")
    (tmp_path / "firmware_protocol.md").write_text("**P1.2** A frame ends with zero.\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize("rule", [source_rules.sizes, source_rules.words, source_rules.clauses])
def test_a_clean_tree_holds(clone: Path, rule) -> None:
    assert rule(clone).breaches == ()


@pytest.mark.parametrize(
    "parts",
    [
        ("dia", "gnose"),
        ("Trea", "tment"),
        ("physiothera", "py"),
        ("rehabili", "tation"),
        ("pa", "tients"),
        ("abn", "ormal"),
        ("the glute fires", " late"),
        ("medical", "-grade"),
        ("/wo", "rk/main"),
    ],
)
def test_a_forbidden_word_is_found_with_its_line(clone: Path, parts: tuple[str, str]) -> None:
    (clone / "README.md").write_text("One.\nThe " + "".join(parts) + " here.\n")
    found = source_rules.words(clone).breaches
    assert len(found) == 1
    assert found[0].startswith("README.md:2:")


@pytest.mark.parametrize("harmless", ["treatise", "impatient", "normalised", "fires", "paid", "network"])
def test_a_harmless_word_is_let_be(clone: Path, harmless: str) -> None:
    (clone / "README.md").write_text(harmless + "\n")
    assert source_rules.words(clone).breaches == ()


def test_a_long_module_is_named(clone: Path) -> None:
    (clone / "device" / "long.py").write_text("x = 1\n" * 601)
    assert "device/long.py has 601 lines; 600 is the most." in source_rules.sizes(clone).breaches


def test_long_functions_are_named(clone: Path) -> None:
    (clone / "device" / "slow.py").write_text("def long() -> None:\n" + "    x = 1\n" * 60)
    assert source_rules.sizes(clone).breaches == ("The p90 of function lines is 61; 40 is the most.",)


def test_a_clause_without_a_test_and_a_test_without_a_clause_are_named(clone: Path) -> None:
    (clone / "firmware_protocol.md").write_text("**P1.10** New.\n")
    assert source_rules.clauses(clone).breaches == (
        "Clause P1.10 has no test test_p1_10_...",
        "A test bears the number P1.2, which no clause has.",
    )
