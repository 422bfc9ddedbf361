"""Sentences of running text, found by sentencex, with citation groups and page breaks kept whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentencex import get_sentence_boundaries

from index.records import Block, CitationMarker, Document, Sentence, Span
from ingest.document import line_spans, trim

_PROSE = {"paragraph", "list_item", "quote", "caption", "footnote"}
_LINEWISE = {"table", "code"}
# sentencex ends a sentence behind these before a capital, a figure or a "$".
_ABBREVIATED = re.compile(r"\b(?:approx|ca|vs|resp|incl|excl|est|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|No|Nos|Tab|al|e\.g|i\.e|cf|Bd|Nr|bzw|z\.B|u\.a)\.$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def find_sentences(document: Document, markers: Sequence[CitationMarker], skipped: Sequence[Span]) -> tuple[Sentence, ...]:
    """Every sentence of every block outside ``skipped`` (the bibliographies); table rows and code lines count as one each.

    A marker behind the full stop belongs to the sentence before it, unless the text goes on in lower case ("[3] shows").
    """
    sentences: list[Sentence] = []
    for place, block in enumerate(document.blocks):
        if any(span.covers(block.span) for span in skipped):
            continue
        if block.kind in _PROSE:
            spans: Iterator[Span] = _prose(document.text, block, markers)
        elif block.kind in _LINEWISE:
            spans = (trim(document.text, line) for line in line_spans(document.text, *block.span))
        else:
            continue
        sentences.extend(Sentence(span=span, block=place) for span in spans if span.start < span.end)
    return tuple(sentences)


def _prose(text: str, block: Block, markers: Sequence[CitationMarker]) -> Iterator[Span]:
    inside = [marker.span for marker in markers if block.span.covers(marker.span)]
    masked = _mask(text, block.span, inside)
    language = "zh" if _CJK.search(masked) else "en"
    # Long blanks (a masked marker) get cut in the middle: every boundary goes back to the last word before it.
    cuts = {len(masked[: piece["start_index"]].rstrip()) for piece in get_sentence_boundaries(language, masked)}
    starts = sorted(block.span.start + cut for cut in cuts)
    ends = [*starts[1:], block.span.end]
    held: Span | None = None
    for start, end in zip(starts, ends, strict=True):
        piece = trim(text, Span(_after_markers(text, start, end, inside), _after_markers(text, end, block.span.end, inside)))
        if piece.start >= piece.end:
            continue
        if held is not None and _goes_on(text, held, piece, masked, block.span.start):
            held = Span(held.start, piece.end)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _mask(text: str, span: Span, markers: Sequence[Span]) -> str:
    """The block's text, the same length, with line breaks and markers as blanks: they end no sentence."""
    chars = list(text[slice(*span)].replace("\r", " ").replace("\n", " "))
    for marker in markers:
        chars[marker.start - span.start : marker.end - span.start] = " " * (marker.end - marker.start)
    return "".join(chars)


def _after_markers(text: str, start: int, limit: int, markers: Sequence[Span]) -> int:
    """Move a boundary behind the markers that stand at it, when a new sentence begins behind them."""
    position = start
    while position < limit and text[position].isspace():
        position += 1
    moved = start
    for marker in markers:
        if marker.start == position and marker.end <= limit:
            moved = position = marker.end
            while position < limit and (text[position].isspace() or text[position] in ".,;"):
                moved = position = position + 1
    following = text[moved:limit].lstrip(" \n\r*_\"“'(")[:1]
    return moved if not following.islower() else start


def _goes_on(text: str, held: Span, piece: Span, masked: str, offset: int) -> bool:
    words = text[slice(*piece)].lstrip("*_\"“‘'( ")
    if words[:1].islower():
        return True
    before = masked[held.start - offset : held.end - offset].rstrip(" *_")
    return bool(_ABBREVIATED.search(before)) or not any(char.isalnum() for char in words)
