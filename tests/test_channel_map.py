"""The channel map: what the wearer types, and the sentences for what cannot be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.channel_map import (
    MUSCLES,
    SIDES,
    Assignment,
    format_channel_map,
    parse_channel_map,
    parse_column_map,
)


def test_parses_in_the_order_written():
    assert parse_channel_map("A3=quad:left, A0=glute:left") == (
        Assignment("A3", "quad", "left"),
        Assignment("A0", "glute", "left"),
    )


def test_pin_number():
    assert parse_channel_map("A12=hamstring:right")[0].pin_number == 12


@given(
    st.lists(st.integers(0, 15), min_size=1, max_size=6, unique=True),
    st.permutations([(muscle, side) for muscle in MUSCLES for side in SIDES]),
)
def test_text_and_map_are_the_same_thing(pins, names):
    channels = tuple(Assignment(f"A{p}", *name) for p, name in zip(pins, names, strict=False))
    assert parse_channel_map(format_channel_map(channels)) == channels


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "PIN=MUSCLE:SIDE"),
        ("A0", "PIN=MUSCLE:SIDE"),
        ("A0=glute", "PIN=MUSCLE:SIDE"),
        ("D0=glute:right", "PIN=MUSCLE:SIDE"),
        ("A0=glute:right,", "PIN=MUSCLE:SIDE"),
        ("A0=biceps:right", "hamstring"),
        ("A0=glute:middle", "left or right"),
        ("A0=glute:right,A0=quad:right", "twice"),
        ("A0=glute:right,A1=glute:right", "twice"),
        ("A0=glute:right,A00=quad:right", "twice"),
        (",".join(f"A{n}=glute:right" for n in range(9)), "at most 8"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(text, word):
    with pytest.raises(ValueError, match=word) as caught:
        parse_channel_map(text)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message


def test_a_column_of_a_table_stands_for_a_pin():
    assert parse_column_map("Glute max (uV) = glute:right,VL=quad:right") == (
        Assignment("Glute max (uV)", "glute", "right"),
        Assignment("VL", "quad", "right"),
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("GMAX", "COLUMN=MUSCLE:SIDE"),
        ("=glute:right", "COLUMN=MUSCLE:SIDE"),
        ("GMAX=soleus:right", "hamstring"),
        ("GMAX=glute:up", "left or right"),
        ("VL=glute:right,VL=quad:right", "the column VL twice"),
        ("VL=quad:right,VM=quad:right", "the muscle quad:right twice"),
    ],
)
def test_a_wrong_column_map_is_refused_in_one_sentence(text, word):
    with pytest.raises(ValueError, match=word) as caught:
        parse_column_map(text)
    assert str(caught.value).endswith(".")
