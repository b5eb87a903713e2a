"""Finding Chinese names: pinyin initials for the picker, bigrams for titles. Pure; no index is kept here."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """Return the pinyin initials of a name, lower case, signs dropped; letters and digits stay.

    >>> initials("江州市财政局")
    'jzsczj'
    """
    # imported when first asked for: its dictionaries take a third of a second, and most commands need none
    from pypinyin import Style, lazy_pinyin

    letters: list[str] = lazy_pinyin(text, style=Style.FIRST_LETTER)
    return "".join(sign for sign in "".join(letters).lower() if sign.isalnum())


def bigrams(text: str) -> tuple[str, ...]:
    """Return the overlapping pairs of characters of a text, spaces and signs dropped; a single character is itself.

    >>> bigrams("数据共享")
    ('数据', '据共', '共享')
    """
    signs = [c for c in text if c.isalnum()]
    if len(signs) < 2:
        return tuple(signs)
    return tuple(a + b for a, b in pairwise(signs))


def is_initials(text: str) -> bool:
    """Return True where a search text can only be pinyin initials: plain ASCII letters and digits.

    >>> is_initials("sczj"), is_initials("财政")
    (True, False)
    """
    return text.isascii() and text.isalnum()
