"""Passages: runs of whole sentences under one heading, as long as the embedding model reads, plus one for each entry."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.records import CitedDocument, Document, Finding, Passage, Reference, Sentence, Span
from ingest.headings import plain_heading

CountTokens = Callable[[Sequence[str]], Sequence[int]]

_URL = re.compile(r"<?(?:https?://|www\.)[^\s<>]+>?")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(?<!\\)(?:\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|`+|~~)")
_TAG = re.compile(r"</?(?:sup|sub|b|i|em|strong|br|span|u)\b[^<>]*>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!$~>|-])")
_LINE_START = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PassageParameters:
    """How passages are cut. ``tokens`` is the most a passage may hold, heading included, in the model's own tokens;
    ``overlap`` the number of sentences it shares with the passage before."""

    tokens: int
    overlap: int


def make_passages(
    cited: CitedDocument, parameters: PassageParameters, count_tokens: CountTokens, limit: int
) -> tuple[tuple[Passage, ...], tuple[Finding, ...]]:
    """Cut a document into passages; every sentence of running text is in at least one, and none is cut.

    ``count_tokens`` gives the model's token counts of many texts; ``limit`` is what the model reads of a text before
    it cuts the rest silently: a sentence beyond it becomes a finding.
    """
    document = cited.document
    cleaner = _Cleaner(cited)
    sizes = list(count_tokens([cleaner.clean(sentence.span) for sentence in cited.sentences]))
    passages: list[Passage] = []
    findings: list[Finding] = []
    for heading, group in _sections(cited):
        context = _context(document, heading)
        room = max(parameters.tokens - count_tokens([context])[0], parameters.tokens // 2)
        for first, last in _windows([sizes[at] for at in group], _breaks(cited, group), room, parameters.overlap):
            span = Span(cited.sentences[group[first]].span.start, cited.sentences[group[last]].span.end)
            search_text = f"{context}\n{cleaner.clean(span)}" if context else cleaner.clean(span)
            passages.append(_passage(document, span, search_text, heading))
            if first == last and sizes[group[first]] > limit:
                message = f"A sentence of {sizes[group[first]]} tokens: the model reads the first {limit} only."
                findings.append(Finding(code="beyond-model-limit", message=message, source=document.source, span=span))
    passages.extend(_entry_passages(cited))
    return tuple(passages), tuple(findings)


def _sections(cited: CitedDocument) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """Runs of neighbouring sentences under one heading path, as places in ``cited.sentences``."""
    group: list[int] = []
    path: tuple[str, ...] | None = None
    for place, sentence in enumerate(cited.sentences):
        heading = cited.document.blocks[sentence.block].heading
        if group and heading != path:
            yield path or (), group
            group = []
        path = heading
        group.append(place)
    if group:
        yield path or (), group


def _breaks(cited: CitedDocument, group: Sequence[int]) -> list[bool]:
    """For each sentence of a section, whether a new block begins with it."""
    blocks = [cited.sentences[place].block for place in group]
    return [place == 0 or blocks[place] != blocks[place - 1] for place in range(len(blocks))]


def _windows(sizes: Sequence[int], breaks: Sequence[bool], room: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Runs (first, last) of sentences that fit ``room``; a run rather ends with a paragraph once it is half full."""
    first = 0
    while first < len(sizes):
        last, held = first, sizes[first]
        while last + 1 < len(sizes) and held + sizes[last + 1] <= room:
            if breaks[last + 1] and held >= room // 2:
                break
            last += 1
            held += sizes[last]
        yield first, last
        if last + 1 >= len(sizes):
            return
        # The shared sentences may fill at most half of the next passage, and never reach over a paragraph's start.
        shared = 0
        while shared < overlap and last - shared > first and not breaks[last + 1 - shared]:
            if sum(sizes[last - shared : last + 1]) > room // 2:
                break
            shared += 1
        first = last + 1 - shared


def _passage(document: Document, span: Span, search_text: str, heading: tuple[str, ...]) -> Passage:
    return Passage(
        passage_id=_passage_id(document, span),
        doc_id=document.doc_id,
        span=span,
        search_text=search_text,
        heading=heading,
        pages=_pages(document, span),
    )


def _passage_id(document: Document, span: Span) -> str:
    return "p_" + hashlib.sha256(f"{document.doc_id}:{span.start}:{span.end}".encode()).hexdigest()[:16]


def _pages(document: Document, span: Span) -> tuple[int, int] | None:
    pages = [number for number, page in enumerate(document.pages, start=1) if page.overlaps(span)]
    return (pages[0], pages[-1]) if pages else None


def _context(document: Document, heading: tuple[str, ...]) -> str:
    """The headings above a passage, the document's title first: what the words of the passage take for granted."""
    parts = [document.title, *heading]
    kept = [part for place, part in enumerate(parts) if plain_heading(part) not in map(plain_heading, parts[:place])]
    return " > ".join(kept)


def _entry_passages(cited: CitedDocument) -> Iterator[Passage]:
    for reference in cited.references:
        yield Passage(
            passage_id=_passage_id(cited.document, reference.span),
            doc_id=cited.document.doc_id,
            span=reference.span,
            search_text=_entry_text(reference),
            kind="reference",
            heading=(),
            pages=_pages(cited.document, reference.span),
        )


def _entry_text(reference: Reference) -> str:
    """What an entry is found by: its fields, the words of its address, and the quotation it points at."""
    address = re.sub(r"\W+", " ", re.sub(r"^https?://(?:www\.)?", "", reference.url or ""))
    fields = (", ".join(reference.authors), reference.title, reference.venue, reference.year, address, reference.quote)
    text = ". ".join(str(field) for field in fields if field)
    return text or re.sub(r"\s+", " ", _URL.sub("", reference.raw)).strip()


class _Cleaner:
    """Canonical text without what a model should not read: markers, emphasis, addresses, tags."""

    def __init__(self, cited: CitedDocument) -> None:
        self._text = cited.document.text
        self._markers = [marker.span for marker in cited.markers if marker.style != "author-year"]

    def clean(self, span: Span) -> str:
        """The words of a span on one line; citation groups of numbers are left out, author-year ones stay."""
        pieces = []
        position = span.start
        at = bisect_left(self._markers, span.start, key=lambda marker: marker.start)
        while at < len(self._markers) and self._markers[at].start < span.end:
            pieces.append(self._text[position : self._markers[at].start])
            position = min(self._markers[at].end, span.end)
            at += 1
        pieces.append(self._text[position : span.end])
        text = " ".join(pieces)
        for pattern, kept in (
            (_LINK, r"\1"), (_URL, " "), (_TAG, ""), (_LINE_START, ""), (_EMPHASIS, ""), (_ESCAPE, r"\1")
        ):
            text = pattern.sub(kept, text)
        return re.sub(r"\s+([.,;:!?)])", r"\1", " ".join(text.split()))
