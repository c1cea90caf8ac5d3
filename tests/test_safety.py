"""Mains power holds the pads back; a simulated person never waits; the lines say what they must."""

from itertools import product
from types import SimpleNamespace

import pytest

from emgfeedback.power import Power, power_state
from emgfeedback.safety import LINES, Step, decide


@pytest.mark.parametrize(
    ("battery", "state"),
    [
        (None, Power.UNKNOWN),
        (SimpleNamespace(power_plugged=None), Power.UNKNOWN),
        (SimpleNamespace(power_plugged=True), Power.MAINS),
        (SimpleNamespace(power_plugged=False), Power.BATTERY),
    ],
)
def test_power_is_read_from_the_battery(battery: object, state: Power) -> None:
    assert power_state(lambda: battery) is state


def test_this_computer_answers() -> None:
    assert power_state() in set(Power)


@pytest.mark.parametrize("failure", [None, OSError("no such file"), RuntimeError("cannot read")])
def test_a_system_that_cannot_read_its_battery_is_unknown(
    failure: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil

    def unreadable() -> None:
        raise failure

    if failure is None:
        monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    else:
        monkeypatch.setattr(psutil, "sensors_battery", unreadable, raising=False)
    assert power_state() is Power.UNKNOWN


@pytest.mark.parametrize(
    ("power", "step"), [(Power.BATTERY, Step.GO), (Power.MAINS, Step.WAIT), (Power.UNKNOWN, Step.WARN)]
)
def test_pads_on_skin_depend_on_the_power(power: Power, step: Step) -> None:
    assert decide(power, simulated=False, isolated=False).step is step


@pytest.mark.parametrize(("power", "simulated"), list(product(Power, [True, False])))
def test_the_simulated_person_and_an_isolator_never_wait(power: Power, simulated: bool) -> None:
    assert decide(power, simulated=simulated, isolated=not simulated).step is Step.GO


def test_every_decision_has_its_words() -> None:
    for power, simulated, isolated in product(Power, [True, False], [True, False]):
        assert decide(power, simulated=simulated, isolated=isolated).text
    assert "Unplug the charger" in decide(Power.MAINS, simulated=False, isolated=False).text


@pytest.mark.parametrize(
    "must",
    [
        "not a medical device",
        "battery",
        "pacemaker",
        "heart",
        "pain",
        "breathing",
        "skin",
        "not strength",
        "ask",
    ],
)
def test_the_lines_say_what_they_must(must: str) -> None:
    assert any(must in line for line in LINES)


def test_each_line_is_whole_sentences() -> None:
    for line in LINES:
        assert line[0].isupper()
        assert line.endswith(".")
