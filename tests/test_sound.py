"""The pure part of the sound: tones, words for the ear, what is said of a calibration and in which order."""

import io
import math
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from command_line import wait_for
from hypothesis import given, settings
from hypothesis import strategies as st
from squeezing_wearer import SHORT, SPECS, Wearer

from calibration.plan import Plan
from calibration.prompt import Kind, ProcedureEvent, Prompt
from calibration.protocol import Procedure
from calibration.wording import SAFETY, TONE_S
from emgfeedback import words
from emgfeedback.calibrating import CalibrationStage
from emgfeedback.pipeline import Pipeline
from emgfeedback.sound import tones
from emgfeedback.sound.agenda import Agenda
from emgfeedback.sound.announcer import AGAIN_S, COUNT_WAITS_S, Announcer
from emgfeedback.sound.output import LOOK_S, MustStop, NoSound, SoundCard
from emgfeedback.sound.pcm import RATE_HZ, NotWav, Pcm, from_wav, seconds, to_wav
from emgfeedback.sound.sound import Sound
from emgfeedback.sound.speakable import speakable
from emgfeedback.sound.speaker import BREATH_S, Speaker
from emgfeedback.sound.tones import TONES, tone
from emgfeedback.sound.utterance import Said, Utterance
from emgfeedback.sound.voice import Synthesiser, find_voice
from emgfeedback.sources import open_source

# Tones and words


@pytest.mark.parametrize("name", TONES)
def test_a_tone_is_short_soft_at_its_edges_and_never_overdriven(name: str) -> None:
    block = tone(name)
    assert block.dtype == np.float32
    assert 0.04 < seconds(block) < 0.7
    assert 0.2 < np.max(np.abs(block)) <= 0.55
    assert abs(block[0]) < 0.01
    assert abs(block[-1]) < 0.01
    # A jump within it would be heard as a click.
    assert np.max(np.abs(np.diff(block))) < 0.25


def test_no_two_tones_are_alike() -> None:
    """Two tones differ in the number of notes, in a pitch by a tenth, or in loudness by half."""
    described = {
        name: tuple((round(12 * math.log2(note.hz / 55)), note.level) for note in notes)
        for name, notes in TONES.items()
    }
    assert len(set(described.values())) == len(TONES)


def test_the_user_guide_and_the_module_name_every_tone() -> None:
    guide = Path(__file__).parents[1].joinpath("docs", "user_guide.md").read_text("utf-8")
    for text in (guide, tones.__doc__ or ""):
        table = text[text.index("| tone | when |") :].partition("\n\n")[0]
        assert [row.split("|")[1].strip() for row in table.strip().splitlines()[2:]] == list(TONES)


def test_an_unknown_tone_is_the_notice_and_no_tone_is_silence() -> None:
    assert np.array_equal(tone("of tomorrow"), tone("notice"))
    assert len(tone("")) == 0


def test_sound_survives_a_wav_file_without_the_silence_around_it() -> None:
    block = tone("squeeze")
    padded = np.concatenate([np.zeros(5000, np.float32), block, np.zeros(9000, np.float32)])
    again = from_wav(to_wav(padded))
    loud = np.flatnonzero(np.abs(block) > 0.01)
    assert np.allclose(again, block[loud[0] : loud[-1] + 1], atol=1e-3)


def test_a_wav_file_of_another_rate_and_two_channels_lasts_as_long() -> None:
    buffer = io.BytesIO()
    time_s = np.arange(16_000) / 16_000
    both = np.repeat((12_000 * np.sin(2 * np.pi * 500 * time_s)).astype("<i2"), 2)
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(both.tobytes())
    block = from_wav(buffer.getvalue())
    assert seconds(block) == pytest.approx(1.0, abs=0.01)
    spectrum = np.abs(np.fft.rfft(block))
    assert np.argmax(spectrum) * RATE_HZ / len(block) == pytest.approx(500.0, abs=2.0)


@given(st.binary(max_size=300), st.integers(0, 60))
def test_garbage_is_no_sound_and_says_so(garbage: bytes, keep: int) -> None:
    for data in (garbage, to_wav(tone("count"))[:keep] + garbage):
        try:
            block = from_wav(data)
        except NotWav as error:
            assert str(error)  # noqa: PT017 - either outcome is right
        else:
            assert np.all(np.isfinite(block))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Your 100 %: right glute 163 µV.", "Your 100 percent: right glute 163 microvolts."),
        ("That one ended after 2 s. It needs 3.", "That one ended after 2 seconds. It needs 3."),
        ("Squeezes differ by 18 %. One more.", "Squeezes differ by 18 percent. One more."),
        ("Held 1 s at 50 Hz, ±20 %.", "Held 1 second at 50 hertz, plus or minus 20 percent."),
        ("31 %MVC, 4.5 mV, 0.7 dB", "31 percent of max, 4.5 millivolts, 0.7 decibels"),
        ("120 ms lost", "120 milliseconds lost"),
        ("Pins A0 and A1: 2 signals.", "Pins A0 and A1: 2 signals."),
    ],
)  # fmt: skip
def test_signs_and_units_become_words(written: str, said: str) -> None:
    assert speakable(written) == said


@given(st.text(max_size=60))
@settings(max_examples=50)
def test_whatever_is_written_can_be_said_on_one_line(text: str) -> None:
    said = speakable(text)
    assert "\n" not in said
    assert "\x00" not in said
    assert "%" not in said
    assert speakable(said) == said


# What is said of a calibration


def heard_of(
    wearer: Wearer, plan: Plan = SHORT, chunk: int = 50
) -> tuple[list[tuple[float, Utterance]], Procedure]:
    """All that is to be heard of a real procedure, with the time it was asked for."""
    announcer, found, seen = Announcer(), [], 0

    class Listened(Procedure):
        def push(self, *arguments: object, **named: object) -> tuple[ProcedureEvent, ...]:
            nonlocal seen
            events = super().push(*arguments, **named)  # type: ignore[arg-type]
            seen += chunk
            time_s = seen / 1000.0
            found.extend((time_s, utterance) for utterance in announcer.push(self.prompt, events, time_s))
            return events

    return found, wearer.follow(Listened(SPECS, 1000.0, plan), chunk)


def test_a_calibration_is_told_step_by_step() -> None:
    found, procedure = heard_of(Wearer(1), Plan(quick=True, rest_s=5.0, ready_s=3.0, position_s=6.0))
    assert procedure.prompt.kind == "done"
    squeezed = [
        ("ready", "Get ready."),
        ("count", "2"),
        ("count", "1"),
        ("squeeze", "Squeeze. Hold."),
        ("hold", "Hold. Keep breathing."),
        ("tick", ""),
        ("tick", ""),
    ]
    assert [(u.tone, u.text) for _, u in found] == [
        ("rest", "Rest. Let go."),
        ("ready", "Lie face down. Bend your right knee."),
        *squeezed,
        ("release", "Let go. Sit on a chair. Strap your ankle."),
        ("counts", "That one counts."),
        *squeezed,
        ("done", speakable(f"Done. {procedure.prompt.why}")),
    ]
    counts = [at_s for at_s, u in found if u.tone in ("count", "squeeze")]
    assert np.diff(counts[:3]) == pytest.approx([1.0, 1.0], abs=0.06)


def test_a_squeeze_that_is_repeated_says_why_and_a_short_count_in_is_brief() -> None:
    def gives_up(squeeze: int, since_s: float) -> float:
        return 0.0 if squeeze == 1 and since_s > 2.0 else min(1.0, max(0.0, (since_s - 0.3) / 0.5))

    plan = Plan(rest_s=5.0, ready_s=3.0, position_s=3.0, pause_s=6.0)
    found, _ = heard_of(Wearer(2, manner=gives_up), plan)
    refused = next(k for k, (_, u) in enumerate(found) if u.tone == "refused")
    said = [u.text for _, u in found[refused - 1 : refused + 4]]
    assert said[0] == "Rest. Once more."
    assert said[1].startswith("That one ended after ")
    assert " seconds" in said[1]
    # Who is next was said a moment ago.
    assert said[2:] == ["Get ready.", "2", "1"]


def test_which_squeeze_is_next_is_said_where_there_is_time() -> None:
    plan = Plan.squeezes_alone(rest_s=5.0, ready_s=3.0, position_s=3.0, pause_s=12.0)
    found, _ = heard_of(Wearer(2, length_s=60.0), plan)
    said = [u.text for _, u in found if u.tone == "counts"]
    assert said[:2] == [
        "That one counts. Squeeze 2 of 3 is next.",
        "That one counts. Squeeze 3 of 3 is next.",
    ]


def test_of_a_reason_is_said_what_there_is_time_for_and_only_a_count_in_is_counted() -> None:
    found, _ = heard_of(Wearer(1, length_s=80.0), Plan())
    first = next(at_s for at_s, u in found if u.text == "Lie face down. Bend your right knee.")
    ready = next(at_s for at_s, u in found if u.text == "Get ready.")
    assert [u.text for at_s, u in found if first <= at_s <= ready] == [
        "Lie face down. Bend your right knee.",
        "You will push your right thigh up. A strap or a hand holds it down.",
        "Get ready.",
    ]
    assert all(at_s > ready for at_s, u in found if u.tone == "count")


@pytest.mark.parametrize("words_per_s", [3.3, 2.7, 2.5])
def test_every_safety_line_is_heard_whole_also_from_a_slow_engine(words_per_s: float) -> None:
    found, _ = heard_of(Wearer(1, length_s=42.0), Plan())
    coming, agenda, heard = list(found), Agenda(), list[str]()
    speaks_until_s, speaking = 0.0, ""
    for now_s in np.arange(0.0, 42.0, 0.02).tolist():
        while coming and coming[0][0] <= now_s:
            agenda.add(coming.pop(0)[1], now_s)
        if speaking and (now_s >= speaks_until_s or agenda.cuts(now_s)):
            heard += [speaking] if now_s >= speaks_until_s else []
            speaking = ""
        if not speaking and (asked := agenda.take(now_s)) is not None:
            speaking = asked.utterance.text
            tone_s = TONE_S if asked.utterance.tone else 0.0
            speaks_until_s = now_s + BREATH_S + tone_s + len(speaking.split()) / words_per_s
    assert heard[: 2 * len(SAFETY)] == [speakable(part) for line in SAFETY for part in line]


@pytest.mark.parametrize("chunk", [7, 20, 250])
def test_how_the_samples_arrive_changes_no_word(chunk: int) -> None:
    whole, _ = heard_of(Wearer(3), Plan(quick=True, rest_s=5.0, ready_s=3.0, position_s=5.0), 50)
    other, _ = heard_of(Wearer(3), Plan(quick=True, rest_s=5.0, ready_s=3.0, position_s=5.0), chunk)
    assert [u.text for _, u in other if u.text] == [u.text for _, u in whole if u.text]


def test_trouble_is_said_once_it_stands_and_its_end_too() -> None:
    announcer, heard = Announcer(), []
    texts = ["Rest. Let go."] * 100 + ["Press the right glute pad down."] * 20
    texts += ["Rest. Let go."] * 50 + ["Press the right glute pad down."] * 100 + ["Rest. Let go."] * 100
    for k, text in enumerate(texts):
        heard += announcer.push(Prompt("rest", text=text, seconds_left=9.0), (), 0.02 * k)
    # The first trouble lasted 0.4 s: a flicker.
    assert [(u.tone, u.text) for u in heard] == [
        ("rest", "Rest. Let go."),
        ("trouble", "Press the right glute pad down."),
        ("rest", "Rest. Let go."),
    ]


def test_trouble_that_comes_and_goes_does_not_chatter() -> None:
    announcer, heard = Announcer(), []
    for k in range(1000):
        text = "Rest. Let go." if k // 50 % 2 else "Press the quad pad down."
        heard += announcer.push(Prompt("rest", text=text, seconds_left=9.0), (), 0.02 * k)
    again = 20.0 / AGAIN_S + 1
    assert 2 <= len(heard) <= 2 * again


def test_a_kind_that_is_unknown_here_is_said_all_the_same() -> None:
    prompt = Prompt("which lead", "glute", "right", text="Squeeze the right glute.", seconds_left=4.0)  # type: ignore[arg-type]
    event = ProcedureEvent("swapped", 0, "The leads are swapped.")  # type: ignore[arg-type]
    [utterance] = Announcer().push(prompt, (event,), 0.0)
    assert utterance == Utterance("Squeeze the right glute.", "notice", utterance.waits_s, insists=True)


def test_a_failed_calibration_says_why() -> None:
    announcer = Announcer()
    prompt = Prompt("failed", text="Stopped. Nothing was saved.", why="No squeeze for 6 s.")
    [utterance] = announcer.push(prompt, (), 0.0)
    assert utterance.text == "Stopped. Nothing was saved. No squeeze for 6 seconds."
    assert utterance.tone == "failed"
    assert announcer.push(prompt, (), 1.0) == ()


KINDS = st.sampled_from([*get_args(Kind), "safety", "lead", "warm-up", "position"])
EVENTS = st.builds(
    ProcedureEvent,
    st.sampled_from(["prompt", "rested", "trial", "refused", "channel", "note", "swapped"]),
    st.integers(0, 10**9),
    st.text(max_size=40),
)
PROMPTS = st.builds(
    Prompt,
    KINDS,
    st.sampled_from(["", "glute", "quad"]),
    st.sampled_from(["", "left", "right"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.text(max_size=40),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=40),
)
PUSHES = st.lists(st.tuples(PROMPTS, st.lists(EVENTS, max_size=3), st.floats(0.0, 3.0)), max_size=30)


@given(PUSHES)
@settings(max_examples=60)
def test_no_prompt_whatever_it_says_breaks_the_announcer(
    pushes: list[tuple[Prompt, list[ProcedureEvent], float]],
) -> None:
    announcer, time_s = Announcer(), 0.0
    for prompt, events, step_s in pushes:
        time_s += step_s
        for utterance in announcer.push(prompt, events, time_s):
            assert utterance.waits_s >= 0.0
            assert utterance.insists or utterance.waits_s >= COUNT_WAITS_S


# One at a time


def speak(asked: list[tuple[float, Utterance, float]]) -> list[tuple[Utterance, Said]]:
    """What a speaker says who looks as often as the real one; each utterance with how long it lasts."""
    agenda, log, now_s = Agenda(), [], 0.0
    coming, lasts = list(asked), {id(u): lasts_s for _, u, lasts_s in asked}
    while coming or len(agenda):
        while coming and coming[0][0] <= now_s:
            agenda.add(coming.pop(0)[1], now_s)
        taken = agenda.take(now_s)
        if taken is None:
            now_s = coming[0][0] if coming else now_s
            continue
        began_s, cut = now_s, False
        while now_s - began_s < lasts[id(taken.utterance)] and not cut:
            now_s += LOOK_S
            while coming and coming[0][0] <= now_s:
                agenda.add(coming.pop(0)[1], now_s)
            cut = agenda.cuts(now_s)
        said = Said(taken.at_s, began_s, now_s, taken.utterance.tone, taken.utterance.text, cut)
        log.append((taken.utterance, said))
    return log


ASKED = st.lists(
    st.tuples(st.floats(0.0, 3.0), st.floats(0.1, 6.0), st.booleans(), st.floats(0.0, 4.0)),
    min_size=1,
    max_size=25,
)


@given(ASKED)
def test_nothing_overlaps_nothing_is_stale_and_the_newest_prompt_is_heard(
    asked: list[tuple[float, float, bool, float]],
) -> None:
    at_s, coming = 0.0, []
    for n, (after_s, waits_s, insists, lasts_s) in enumerate(asked):
        at_s += after_s
        coming.append((at_s, Utterance(str(n), "", 0.0 if insists and n % 2 else waits_s, insists), lasts_s))
    log = speak(coming)
    for (_, before), (_, after) in pairwise(log):
        assert before.ended_s <= after.began_s
        assert before.asked_s <= after.asked_s
        assert int(before.text) < int(after.text)
    for utterance, said in log:
        # Nobody speaks later than they would wait, but for one look.
        assert said.began_s - said.asked_s <= utterance.waits_s + 2 * LOOK_S
        newer = [s for _, s in log if s.asked_s > said.asked_s]
        assert not said.cut or newer
    insisting = [u.text for _, u, _ in coming if u.insists]
    if insisting:
        assert insisting[-1] in [said.text for _, said in log]


# The speaker: the real thread, a card that takes no time to open


@dataclass
class Tape:
    """An output that keeps what it is given and 'plays' it a hundred times as fast."""

    played: list[Pcm] = field(default_factory=list)
    fails_after: int = 1000
    closed: bool = False

    def play(self, block: Pcm, must_stop: MustStop) -> bool:
        if len(self.played) >= self.fails_after:
            raise NoSound("The tape is torn.")
        self.played.append(block)
        until_s = time.monotonic() + seconds(block) / 100.0
        while time.monotonic() < until_s:
            if must_stop():
                return False
            time.sleep(0.001)
        return not must_stop()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def make() -> Iterator[Callable[..., Speaker]]:
    """Speakers that are ended with the test."""
    made: list[Speaker] = []

    def speaker(*arguments: object, **named: object) -> Speaker:
        made.append(Speaker(*arguments, **named).start())  # type: ignore[arg-type]
        return made[-1]

    yield speaker
    for each in made:
        each.close()


def test_a_speaker_finishes_what_it_was_given_and_ends(make: Callable[..., Speaker]) -> None:
    tape = Tape()
    speaker = make(None, output=lambda: tape)
    for name in ("rest", "counts"):
        speaker.say(Utterance(tone=name, waits_s=5.0))
    speaker.finish()
    wait_for(lambda: tape.closed, "the end")
    assert [said.tone for said in speaker.log] == ["rest", "counts"]
    assert not speaker.busy
    speaker.say(Utterance(tone="done", insists=True))
    assert not speaker.busy


def test_a_speaker_whose_card_fails_says_so(make: Callable[..., Speaker]) -> None:
    torn = make(None, output=lambda: Tape(fails_after=1))
    torn.say(Utterance(tone="rest", waits_s=5.0))
    torn.say(Utterance(tone="rest", waits_s=5.0))
    wait_for(lambda: bool(torn.trouble), "the sentence")
    assert (torn.trouble, torn.reason) == (words.SOUND_STOPPED, "The tape is torn.")

    def none_here() -> Tape:
        raise NoSound("No card.")

    none = make(None, output=none_here)
    wait_for(lambda: bool(none.trouble), "the sentence")
    assert (none.trouble, none.reason) == (words.NO_SOUND, "No card.")

    def broken() -> Tape:
        raise RuntimeError("A fault of the program.")

    died = make(None, output=broken)
    wait_for(lambda: bool(died.trouble), "the sentence")
    assert (died.trouble, died.reason) == (words.SOUND_STOPPED, "A fault of the program.")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "status 3"),
        ((sys.executable, "-c", "open(r'{wav}', 'wb').write(b'RIFF')"), "no sound"),
        (("/nowhere/engine",), "does not start"),
    ],
)
def test_a_speech_engine_that_fails_is_told_and_tones_go_on(
    make: Callable[..., Speaker], program: tuple[str, ...], reason: str
) -> None:
    tape = Tape()
    speaker = make(Synthesiser("engine", program), output=lambda: tape)
    speaker.say(Utterance("Rest. Let go.", "rest", 5.0))
    speaker.say(Utterance("Get ready.", "ready", 20.0))
    wait_for(lambda: len(speaker.log) == 2, "both")
    assert speaker.trouble == words.SPEECH_FAILED
    assert reason in speaker.reason
    assert [said.tone for said in speaker.log] == ["rest", "ready"]
    assert np.array_equal(tape.played[-1], tone("ready"))


def test_an_engine_is_asked_once_for_what_it_says_again(
    make: Callable[..., Speaker], tmp_path: object
) -> None:
    """Known prompts are sound before they are wanted; a script of ours stands for the engine's program."""
    count = f"{tmp_path}/asked"
    script = (
        f"import shutil, sys; open({count!r}, 'a').write('x'); shutil.copy({count + '.wav'!r}, r'{{wav}}')"
    )
    with open(count + ".wav", "wb") as file:  # noqa: PTH123
        file.write(to_wav(tone("done")))
    tape = Tape()
    speaker = make(Synthesiser("script", (sys.executable, "-c", script)), ["3", "2"], output=lambda: tape)

    def asked() -> int:
        try:
            with open(count) as file:  # noqa: PTH123
                return len(file.read())
        except OSError:
            return 0

    wait_for(
        lambda: asked() == 2 and "sound-phrases" not in [t.name for t in threading.enumerate()],
        "both are known",
    )
    for text in ("3", "2", "3"):
        speaker.say(Utterance(text, "count", 5.0))
    wait_for(lambda: len(speaker.log) == 3, "three")
    assert asked() == 2


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


def test_the_engine_of_the_computer_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_voice() is None
    found = []
    for name in ("say", "spd-say", "espeak", "espeak-ng"):
        program(tmp_path, name, "exit 0")
        voice = find_voice()
        found.append(voice.name if voice else "")
    # What is called "say" on Linux is something else.
    assert found == ["", "spd-say", "espeak", "espeak-ng"]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_each_platform_gives_its_engine_text_and_a_place_for_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Scripts of ours, called like the engines, stand for them: how those are called is in their manuals."""
    name = {"linux": "espeak-ng", "darwin": "say", "win32": "powershell"}[platform]
    (tmp_path / "done.wav").write_bytes(to_wav(tone("done")))
    target = 'while [ $# -gt 0 ]; do case "$1" in -o|-w) out=$2;; esac; shift; done'
    script = f'{target}\ncat > {tmp_path}/text\ncp {tmp_path}/done.wav "${{out:-$EMGFEEDBACK_WAV}}"'
    program(tmp_path, name, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    voice = find_voice(platform)
    assert voice is not None
    tape = Tape()
    assert voice.say("-v Rest. Let go.", tape, lambda: False)
    assert (tmp_path / "text").read_text() == "-v Rest. Let go."
    assert seconds(tape.played[0]) == pytest.approx(seconds(tone("done")), abs=0.01)


def test_speech_that_was_wished_for_and_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with open_source("sim:balanced?fast=1") as source:
        stage = CalibrationStage(source.info, Plan(quick=True), lambda prompt: None)
        for mode, sentence in (("speech", words.NO_SPEECH), ("auto", "")):
            sound = Sound(mode, output=Tape)  # type: ignore[arg-type]
            spoken, pipeline = sound.begin(stage, 1000.0), Pipeline(source.info)
            assert spoken is not None
            assert sound.sentence == sentence
            for _ in range(3):
                chunk = source.read(1.0)
                assert chunk is not None
                frame = pipeline.push(chunk)
                stage(chunk, frame)
                spoken(chunk, frame)
            wait_for(lambda sound=sound: bool(sound.log), "a tone")  # type: ignore[misc]
            sound.close()
        assert [event.text for event in stage.events if event.kind == "note"] == [words.NO_SPEECH]
        sound.mute(muted=True)
        assert sound.sentence == words.MUTED


def test_without_miniaudio_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(NoSound, match=r"pip install 'emgfeedback\[sound\]'"):
        SoundCard()


def test_sound_that_is_off_starts_nothing() -> None:
    before = threading.active_count()
    sound = Sound("off")
    assert sound.begin(None, 1000.0) is None  # type: ignore[arg-type]
    assert threading.active_count() == before
    assert not sound.busy
    sound.end("Stopped.")
    sound.close()
    assert (sound.sentence, sound.log) == ("", [])


def test_the_sound_library_is_not_imported_before_it_is_wanted() -> None:
    code = "import sys, emgfeedback.studio, emgfeedback.guide; sys.exit('miniaudio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
