"""The words of a PDF page with their place, size and font, read through PDFium."""

from __future__ import annotations

import ctypes
import math
import re
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

GLYPH_LIMIT = 200_000
"""Glyphs read from one page; what a printed page holds stays below 20,000."""

_WORD = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:[,;–-]\d+)*")
_HIGH, _SUPERIOR = 0.35, 0.65
"""Rise and size, as shares of the font's, of digits drawn as superiors."""
# TeX names its bold fonts CMBX, SFBX, LMRoman-Bold, NimbusRomNo9L-Medi ...
_BOLD = re.compile(r"bold|black|heavy|demi|medi\b|(?:CM|SF|LM|EC)(?:SS)?BX|-B\b|\bBd\b", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|(?:CM|SF|EC)TI|-I\b|\bIt\b", re.IGNORECASE)
_ITALIC_FLAG, _FORCE_BOLD = 1 << 6, 1 << 18
_SLANT_LIMIT = 0.09
"""Sine of the largest tilt that still counts as straight (about 5 degrees)."""


def _with_addresses(function: Any, *arguments: Any) -> Any:
    """A PDFium function that takes and gives addresses as plain ints.

    Turning a typed pointer into an int costs three times as much as the call, and these are called for every word.
    """
    return ctypes.CFUNCTYPE(ctypes.c_void_p, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_text_object = _with_addresses(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_int)
_object_font = _with_addresses(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p)


class Font(NamedTuple):
    """A font as far as it shows in layout. Subset prefixes ("ABCDEF+") are cut off the name."""

    name: str
    bold: bool
    italic: bool


NO_FONT = Font("", False, False)


class Word(NamedTuple):
    """Glyphs without a blank between them, of one font and size on one baseline. In points, y grows upwards.

    ``turn`` counts quarter turns anticlockwise, -1 is slanted; coordinates are those of the page turned upright.
    ``glued`` says that no blank stands between this word and the one read before it; ``first`` is the index of its
    first glyph on the page.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: Font
    turn: int
    glued: bool
    first: int


class _Style(NamedTuple):
    y: float
    size: float
    font: Font
    turn: int


class PageReader:
    """One text page. A call into PDFium costs about a microsecond, so calls are made by word, not by glyph."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._pointer = ctypes.cast(handle, ctypes.c_void_p).value or 0
        self._rect = pdfium.FS_RECTF()
        self._edges = tuple(ctypes.c_double() for _ in range(4))
        self._fonts: dict[int, Font] = {}

    def words(self) -> list[Word]:
        """The words of the page in the order of its content stream."""
        words: list[Word] = []
        known, style, end = 0, _Style(0.0, 0.0, NO_FONT, 0), 0
        for match in _WORD.finditer(self._text()):
            text, start, glued = match.group(), match.start(), match.start() == end
            end = match.end()
            address = _text_object(self._pointer, end - 1) or 0
            parts = [(start, end, style)] if address == known and address else self._parts(start, end)
            known, style = address, parts[-1][2]
            if _DIGIT.search(text) and not style.turn:
                parts = [piece for part in parts for piece in self._split_raised(text, start, part)]
            for first, last, (y, size, font, turn) in parts:
                x0, x1 = self._box(first, last, turn)
                part = text[first - start : last - start] if len(parts) > 1 else text
                words.append(Word(part, x0, x1, y, size, font, turn, glued or first > start, first))
        return words

    def _split_raised(self, text: str, start: int, part: tuple[int, int, _Style]) -> list[tuple[int, int, _Style]]:
        """Cut out digits that the font itself draws small and high: they have the size and baseline of the line."""
        first, last, style = part
        pieces: list[tuple[int, int, _Style]] = []
        done = first
        for match in _DIGITS.finditer(text, first - start, last - start):
            a, b = start + match.start(), start + match.end()
            if self._is_high(a, style) and self._is_high(b - 1, style):
                pieces += [(done, a, style)] if a > done else []
                raised = style._replace(y=style.y + _HIGH * style.size, size=_SUPERIOR * style.size)
                pieces.append((a, b, raised))
                done = b
        return [*pieces, (done, last, style)] if done < last else pieces

    def _is_high(self, index: int, style: _Style) -> bool:
        """Whether a glyph stands clear above its baseline."""
        left, right, bottom, top = self._edges
        pdfium.FPDFText_GetCharBox(self._handle, index, left, right, bottom, top)
        return bottom.value - style.y > 0.2 * style.size

    def _text(self) -> str:
        """The page's text, one character for each glyph, so that its indices are PDFium's."""
        count = min(pdfium.FPDFText_CountChars(self._handle), GLYPH_LIMIT)
        if count <= 0:
            return ""
        buffer = ctypes.create_string_buffer(4 * count + 2)
        shorts = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        written = pdfium.FPDFText_GetText(self._handle, 0, count, shorts)
        text = buffer.raw[: 2 * max(written - 1, 0)].decode("utf-16-le", errors="replace")
        if len(text) == count:
            return text
        # Glyphs without a Unicode value are missing in the bulk text; one by one they come as 0.
        codes = (pdfium.FPDFText_GetUnicode(self._handle, i) for i in range(count))
        return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)

    def _parts(self, start: int, end: int) -> list[tuple[int, int, _Style]]:
        """Cut a word where size, baseline or font changes: "word12" with raised digits is two words."""
        parts: list[tuple[int, int, _Style]] = []
        known = -1
        for index in range(start, end):
            address = _text_object(self._pointer, index) or 0
            if address == known:
                continue
            known, style = address, self._read_style(index)
            if parts and parts[-1][2] == style:
                continue
            if parts:
                parts[-1] = (parts[-1][0], index, parts[-1][2])
            parts.append((index, end, style))
        return parts

    def _read_style(self, index: int) -> _Style:
        matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetMatrix(self._handle, index, matrix)
        pdfium.FPDFText_GetCharOrigin(self._handle, index, x, y)
        size = pdfium.FPDFText_GetFontSize(self._handle, index) * math.hypot(matrix.c, matrix.d)
        turn = _turn(matrix.a, matrix.b)
        baseline = (y.value, -x.value, -y.value, x.value, y.value)[turn]
        return _Style(round(baseline, 2), round(abs(size), 2), self._font(index), turn)

    def _font(self, index: int) -> Font:
        text_object = _text_object(self._pointer, index)
        address = _object_font(text_object) if text_object else None
        if not address:
            return NO_FONT
        if address not in self._fonts:
            self._fonts[address] = _read_font(ctypes.cast(address, pdfium.FPDF_FONT))
        return self._fonts[address]

    def glyph_edges(self, word: Word) -> list[tuple[float, float]]:
        """Left and right of every glyph of a word."""
        return [self._box(i, i + 1, word.turn) for i in range(word.first, word.first + len(word.text))]

    def _box(self, start: int, end: int, turn: int) -> tuple[float, float]:
        """Left and right of the glyphs ``[start, end)``, along their writing direction."""
        rect = self._rect
        pdfium.FPDFText_GetLooseCharBox(self._handle, start, rect)
        left, right, bottom, top = rect.left, rect.right, rect.bottom, rect.top
        if end - start > 1:
            pdfium.FPDFText_GetLooseCharBox(self._handle, end - 1, rect)
            left, right = min(left, rect.left), max(right, rect.right)
            if turn:
                bottom, top = min(bottom, rect.bottom), max(top, rect.top)
        if not turn:
            return left, right
        return ((left, right), (bottom, top), (-right, -left), (-top, -bottom), (left, right))[turn]


def _turn(a: float, b: float) -> int:
    """Quarter turns of a text matrix, -1 when it is slanted."""
    length = math.hypot(a, b) or 1.0
    sine, cosine = b / length, a / length
    if abs(sine) < _SLANT_LIMIT:
        return 0 if cosine > 0 else 2
    if abs(cosine) < _SLANT_LIMIT:
        return 1 if sine > 0 else 3
    return -1


def _read_font(handle: Any) -> Font:
    buffer = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(handle, buffer, 128)
    name = buffer.value.decode("utf-8", errors="replace").split("+")[-1]
    flags = pdfium.FPDFFont_GetFlags(handle)
    # The font's weight is no help: it is guessed from stem widths, and one journal's body text came out as bold.
    bold = bool(_BOLD.search(name)) or bool(flags & _FORCE_BOLD)
    return Font(name, bold, bool(_ITALIC.search(name)) or bool(flags & _ITALIC_FLAG))
