"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid et al. 1975), syllables counted by rule."""

import re

#: A number is read as one word of two syllables, whatever its digits and unit.
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:\s*(?:µV|%|s)\b|\s*%)?")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)
VOWELS = re.compile(r"[aeiouy]+")
#: An e at the end (not of ``muscle``), and in -es and -ed where nothing makes it heard.
SILENT = (
    re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$"),
    re.compile(r"[^aeiouylscxz]es$"),
    re.compile(r"[^aeioutdy]ed$"),
)
SENTENCE_END = re.compile(r"[.?](?:\s|$)")


def syllables(word: str) -> int:
    """Groups of vowels, without an e that is not heard."""
    word = word.lower()
    groups = len(VOWELS.findall(word))
    groups -= any(silent.search(word) for silent in SILENT)
    return max(1, groups)


def grade(text: str) -> float:
    """School years that reading ``text`` takes: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    sentences = max(1, len(SENTENCE_END.findall(text)))
    words = WORD.findall(NUMBER.sub(" number ", text))
    count = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * count / max(1, len(words)) - 15.59
