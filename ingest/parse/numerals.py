"""Numbers as lists and notes write them: 3, 03, c, III, *."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_SIGNS = "*†‡§"


def write_numeral(number: int, style: str) -> str:
    """``number`` in a style: decimal, zero, signs; lower- or upper-: roman, alpha (z, aa, ab), letters (z, aa, bb).

    What a style cannot write (a zero in Roman numerals) is written in decimal.
    """
    case = str.upper if style.startswith("upper") else str.lower
    if style.endswith("roman") and 0 < number < 4000:
        return case(_roman(number))
    if style.endswith("alpha") and number > 0:
        return case(_alpha(number))
    if style.endswith("letters") and number > 0:
        return case(chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 30 + 1))
    if style == "signs" and number > 0:
        return _SIGNS[(number - 1) % len(_SIGNS)] * ((number - 1) // len(_SIGNS) % 30 + 1)
    return f"{number:02}" if style == "zero" else str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def _alpha(number: int) -> str:
    """a, b, ... z, aa, ab, ... as web pages count."""
    written = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        written = chr(ord("a") + place) + written
    return written
