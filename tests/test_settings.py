"""Settings and memory: wrong values are one sentence, writes are whole, nothing unknown is lost."""

import errno
import os
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.channel_map import parse_channel_map
from emgfeedback.chain import ChainSettings
from emgfeedback.coach.zone import Baseline
from emgfeedback.memory import Memory
from emgfeedback.settings import (
    CHAIN_LIMITS,
    SettingsError,
    SourceChoice,
    Wearer,
    WindowLook,
    change_settings,
    data_folder,
    load_settings,
)

RIGHT = parse_channel_map("A0=glute:right,A1=quad:right")
LEFT = parse_channel_map("A0=glute:left,A1=quad:left")
FIRST = Baseline(0.58, 8, "2025-03-04T18:40:00+01:00")
names = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refusal(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.endswith(".")
    assert "\n" not in text
    return text


# Where, and the defaults


def test_the_data_folder_is_the_users_unless_told_otherwise(tmp_path: Path) -> None:
    assert data_folder({"EMGFEEDBACK_HOME": str(tmp_path)}) == tmp_path
    assert data_folder({}).name == "emgfeedback"


def test_no_file_means_the_defaults(file: Path) -> None:
    found = load_settings(file)
    assert found.chain == ChainSettings()
    assert found.wearer == Wearer()
    assert found.notes == ()


def test_the_file_of_the_data_folder_is_used() -> None:
    data_folder().mkdir(parents=True, exist_ok=True)
    (data_folder() / "settings.toml").write_text('[wearer]\nname = "Zoë"\n[chain]\nnotch_hz = 50\n')
    found = load_settings()
    assert found.wearer.name == "Zoë"
    assert found.chain == ChainSettings(notch_hz=50.0)


def test_every_key_of_the_chain_has_its_limits_and_the_default_lies_within() -> None:
    assert set(CHAIN_LIMITS) == {item.name for item in fields(ChainSettings)}
    for key, (low, high, _unit) in CHAIN_LIMITS.items():
        assert low <= getattr(ChainSettings(), key) <= high


# What is wrong is named


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[chain]\nrms_window_s = 3.0", "chain.rms_window_s must be a number from 0.05 to 0.25 s, not 3.0"),
        ('[chain]\nnotch_hz = "on"', "chain.notch_hz must be a number from 0 to 400 Hz"),
        ("[chain]\nnotch_hz = true", "not True"),
        ("[chain]\nnotch_hz = nan", "not nan"),
        ("[chain]\nhop_s = 0", "chain.hop_s must be a number from 0.002 to 0.05 s"),
        ("[chain]\nband_low_hz = 100\nband_high_hz = 60", "band_low_hz (100) must be less than"),
        ("[chain]\nband_low_hz = 200\nband_high_hz = 2000\nhide_below_percent = 40", "must not exceed"),
        ('[sound]\nmode = "loud"', "sound.mode must be auto, speech, tones or off, not 'loud'"),
        ('[window]\ntheme = "pink"', "window.theme must be system, light or dark, not 'pink'"),
        ("[window]\nscale_percent = 250", "window.scale_percent must be a whole number from 100 to 200"),
        ("[source]\nurl = 3", "source.url must be text of at most 500 characters, not 3"),
        ("chain = 3", "chain must be a table that begins with [chain]"),
        ('[wearer]\nname = ""', "wearer.name must be text of 1 to 60 characters"),
        ("[wearer]\nname = 7", "not 7"),
        ("[chain\n", "it is not TOML"),
        ("a = " + "[" * 100_000, "it is not TOML"),
        ("a = " + "9" * 5000, "out of bounds"),
    ],
)
def test_a_wrong_value_names_file_key_and_what_is_allowed(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    assert words in refusal(file)


def test_a_file_that_is_no_text_or_no_file_is_one_sentence(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refusal(file)
    assert "cannot be read" in refusal(tmp_path)


@settings(max_examples=200)
@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_settings_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_bytes(data)
    try:
        load_settings(path)
    except SettingsError:
        refusal(path)


@given(st.sampled_from(sorted(CHAIN_LIMITS)), st.floats())
def test_any_number_is_a_setting_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "number.toml"
    path.write_text(f"[chain]\n{key} = {value!r}\n")
    low, high, _ = CHAIN_LIMITS[key]
    try:
        found = load_settings(path)
    except SettingsError:
        refusal(path)
    else:
        assert getattr(found.chain, key) == value
        assert low <= value <= high


def test_a_misspelt_key_is_told_with_what_was_meant(file: Path) -> None:
    file.write_text("[chain]\nnotch = 50\n[music]\nvolume = 3\n")
    notes = load_settings(file).notes
    assert any("chain.notch is no setting" in note and "chain.notch_hz?" in note for note in notes)
    assert any("music is no setting" in note for note in notes)


# Changes


def test_a_change_keeps_what_it_does_not_touch(file: Path) -> None:
    file.write_text('[sound]\nvolume = 3\n[wearer]\nname = "Ann"\nshoe = 40\n[chain]\nnotch_hz = 50.0\n')
    found = change_settings(
        {"wearer.name": "Zoë", "window.theme": "dark", "window.scale_percent": 150, "chain.notch_hz": None},
        file,
    )
    assert (found.wearer, found.window) == (Wearer("Zoë"), WindowLook("dark", 150))
    assert found.chain == ChainSettings()
    assert load_settings(file) == found
    kept = tomllib.loads(file.read_text("utf-8"))
    assert kept["sound"] == {"volume": 3}
    assert kept["wearer"] == {"name": "Zoë", "shoe": 40}


@pytest.mark.parametrize(
    "change", [{"wearer.name": ""}, {"window.scale_percent": 99}, {"chain.rms_window_s": 0.3}]
)
def test_a_change_that_is_not_allowed_leaves_the_file_as_it_was(
    file: Path, change: dict[str, str | float | None]
) -> None:
    change_settings({"source.url": "sim:novice"}, file)
    before = file.read_bytes()
    with pytest.raises(SettingsError, match=next(iter(change))):
        change_settings(change, file)
    assert file.read_bytes() == before
    assert load_settings(file).source == SourceChoice("sim:novice")


# Memory


def test_maps_are_kept_per_wearer_and_board(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "not" / "there")
    assert memory.channel_map("Ann", "b1") is None
    assert memory.boards == frozenset()
    memory.remember_channel_map("Ann", "b1", RIGHT)
    memory.remember_channel_map("Bob", "b1", LEFT)
    memory.remember_channel_map("Ann", "b.2", LEFT)
    again = Memory(tmp_path / "not" / "there")
    assert again.channel_map("Ann", "b1") == RIGHT
    assert again.channel_map("Bob", "b1") == LEFT
    assert again.channel_map("Bob", "b.2") is None
    assert again.boards == {"b1", "b.2"}


def test_baselines_are_kept_per_wearer_side_and_exercise(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.remember_baseline("Ann", "right", "bridge", FIRST)
    memory.remember_channel_map("Ann", "b1", RIGHT)
    assert memory.baseline("Ann", "right", "bridge") == FIRST
    for wearer, side, exercise in (
        ("Bob", "right", "bridge"),
        ("Ann", "left", "bridge"),
        ("Ann", "right", "squat"),
    ):
        assert memory.baseline(wearer, side, exercise) is None


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.tuples(names, names), st.sampled_from([RIGHT, LEFT]), max_size=5))
def test_any_name_of_wearer_or_board_is_kept_apart(
    tmp_path_factory: pytest.TempPathFactory, maps: dict
) -> None:
    folder = tmp_path_factory.mktemp("memory")
    for (wearer, board), channels in maps.items():
        Memory(folder).remember_channel_map(wearer, board, channels)
    for (wearer, board), channels in maps.items():
        assert Memory(folder).channel_map(wearer, board) == channels


def test_unknown_keys_outlive_a_change(tmp_path: Path) -> None:
    path = tmp_path / "memory.toml"
    path.write_text(
        'later = "kept"\n[wearer.Ann]\ncolour = "blue"\n[wearer.Ann.baseline.bridge]\nboth = [1, 2]\n'
    )
    memory = Memory(tmp_path)
    memory.remember_channel_map("Ann", "b1", RIGHT)
    memory.remember_baseline("Ann", "right", "bridge", FIRST)
    content = tomllib.loads(path.read_text())
    assert content["later"] == "kept"
    assert content["wearer"]["Ann"]["colour"] == "blue"
    assert content["wearer"]["Ann"]["baseline"]["bridge"]["both"] == [1, 2]
    assert memory.baseline("Ann", "right", "bridge") == FIRST


@pytest.mark.parametrize(
    "text",
    [
        "wearer = 3",
        "[wearer]\nAnn = 3",
        "[wearer.Ann]\nchannels = 3\nbaseline = 4",
        '[wearer.Ann.channels]\nb1 = "A0=nose:up"\n[wearer.Ann.baseline.bridge]\nright = 3',
        "[wearer.Ann]\nchannels = {b1 = 3}\nbaseline = {bridge = {right = {share = 7.0, reps = 8}}}",
        "[wearer",
    ],
)
def test_a_damaged_memory_is_one_sentence_and_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "memory.toml"
    path.write_text(text)
    memory = Memory(tmp_path)
    with pytest.raises(SettingsError, match=r"memory\.toml") as of_map:
        memory.channel_map("Ann", "b1")
    with pytest.raises(SettingsError, match=r"memory\.toml") as of_baseline:
        memory.baseline("Ann", "right", "bridge")
    assert "\n" not in str(of_map.value) + str(of_baseline.value)
    assert path.read_text() == text


def test_a_full_disk_leaves_the_old_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(tmp_path)
    memory.remember_channel_map("Ann", "b1", RIGHT)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left"):
        memory.remember_channel_map("Ann", "b1", LEFT)
    assert memory.channel_map("Ann", "b1") == RIGHT
    assert [path.name for path in tmp_path.iterdir()] == ["memory.toml"]


def test_what_toml_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Memory(tmp_path).remember_channel_map("lone \ud800 half", "b1", RIGHT)
    assert list(tmp_path.iterdir()) == []


def test_a_file_saved_by_notepad_is_read(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf[wearer]\r\nname = "Ann"\r\n')
    assert load_settings(file).wearer.name == "Ann"
