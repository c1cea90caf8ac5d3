"""The counter of syllables and the grade, against words and texts whose values are known."""

import pytest
import reading_ease

COUNTED = {
    1: "squeeze hold rest bone line skin hip moves bones place while pressed shaved your eye the knee hours",
    2: "muscle outer again kneecap needed lower buttock places rested quiet steady lying going safely",
    3: "alcohol electrode reference area calibrate medius lateral maximus somebody position however",
    4: "calibration anatomy superior trochanteric",
}


@pytest.mark.parametrize(("count", "words"), COUNTED.items())
def test_syllables_of_common_words(count: int, words: str) -> None:
    expected = dict.fromkeys(words.split(), count)
    assert {word: reading_ease.syllables(word) for word in expected} == expected


def test_the_grade_is_the_formula() -> None:
    # 6 words, 1 sentence, 6 syllables; then 2 sentences of 3 words each.
    assert reading_ease.grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert reading_ease.grade("The cat sat. On the mat.") == pytest.approx(0.39 * 3 + 11.8 - 15.59)
    assert reading_ease.grade(["The cat sat", "On the mat"]) == reading_ease.grade("The cat sat. On the mat.")


def test_plain_prompts_and_learned_ones_are_told_apart() -> None:
    plain = "Lie face down. Bend your knee. Squeeze as hard as you can. Keep breathing."
    learned = (
        "Electrodes are positioned at the midpoint between the sacral vertebrae and the greater trochanter, "
        "corresponding to the greatest prominence of the gluteal musculature."
    )
    assert reading_ease.grade(plain) < 3.0
    assert reading_ease.grade(learned) > 14.0


def test_numbers_are_read_and_nothing_is_no_text() -> None:
    assert reading_ease.syllables("20") == 2
    with pytest.raises(ValueError, match="no word"):
        reading_ease.grade(["", "..."])
