"""Text as it is compared: small Latin letters without accents, and the sound of a word."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii
from jellyfish import metaphone

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "a",
        "œ": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "’": "'",
        "`": "'",
        "´": "'",
    }
)
_UMLAUTS = re.compile(r"ae|oe|ue")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Return ``text`` in small Latin letters without accents; other scripts are transliterated."""
    text = text.lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return text if text.isascii() else anyascii(text).lower()


def words(text: str) -> list[str]:
    """Return the words of ``text``, folded, with single letters that follow each other joined (``N. V.`` is ``nv``)."""
    plain = folded(text).replace("'", "")
    found = _NOT_WORD.sub(" ", plain).split()
    return _joined(found)


def _joined(found: list[str]) -> list[str]:
    whole: list[str] = []
    was_single = False
    for word in found:
        is_single = len(word) == 1 and word.isalpha()
        if is_single and was_single:
            whole[-1] += word
        else:
            whole.append(word)
        was_single = is_single
    return whole


def without_umlauts(word: str) -> str:
    """Return ``word`` with a for ae, o for oe and u for ue: Müller, Mueller and Muller are spelled alike."""
    return _UMLAUTS.sub(lambda found: found.group()[0], word) if len(word) > 3 else word


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return the metaphone of ``word`` (L. Philips, 1990), or the word where it has none."""
    return metaphone(word) or word
