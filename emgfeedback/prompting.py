"""A prompt of the guided calibration as one line, and a simulated person who obeys it."""

from collections.abc import Callable

from calibration.prompt import Prompt
from emgfeedback.simulation.actions import parse_action
from emgfeedback.simulation.source import SimulatedSource


def asked(prompt: Prompt) -> str:
    """``squeeze glute right standing``, ``warm 25 %``: what a simulated person understands."""
    works = prompt.kind in ("squeeze", "lead", "warm") and (prompt.muscle or prompt.kind == "warm")
    part = f"{100 * prompt.effort:.0f} %" if works and prompt.effort < 1.0 else ""
    position = prompt.position if prompt.kind in ("ready", "squeeze") else ""
    words = (prompt.kind, prompt.muscle, prompt.side, part, position)
    return " ".join(word for word in words if word)


def prompt_line(prompt: Prompt) -> str:
    """``squeeze glute right standing: Squeeze. Hold.``"""
    return f"{asked(prompt)}: {prompt.text}"


def follower(person: SimulatedSource | None) -> Callable[[Prompt], None]:
    """What a prompt does besides being shown: a simulated person in this process obeys it."""

    def follow(prompt: Prompt) -> None:
        if person is not None:
            person.person.do(parse_action(asked(prompt)))

    return follow
