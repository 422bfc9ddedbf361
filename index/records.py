"""The records that every part of Pincite passes around: spans, documents, references, markers, passages, hits.

All are immutable values. A ``Span`` counts Unicode code points of ``Document.text``, half open, and
``document.text[span.start:span.end]`` is the thing itself: nothing keeps a copy of text that it could slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

BlockKind = Literal[
    "title", "heading", "paragraph", "list_item", "quote", "table", "code", "caption", "footnote", "reference", "rule"
]
MarkKind = Literal["superscript", "link", "note"]
MarkerStyle = Literal["numeric", "parenthesis", "superscript", "linked", "author-year", "note"]
PassageKind = Literal["text", "reference"]


class Span(NamedTuple):
    """Half-open ``[start, end)`` in code points of a document's canonical text."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, list item ... of a document; ``page`` counts from 1 and is None without pages.

    ``heading`` is the path of headings above the block, outermost first. A block may run over a page break: a
    sentence torn by one is one block.
    """

    kind: BlockKind
    span: Span
    heading: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Formatting that the canonical text cannot show: raised digits, a link's target, the id of a note.

    ``target`` is empty for a superscript, the address (or ``#anchor``) of a link, the note's own id for a note.
    """

    kind: MarkKind
    span: Span
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed file. ``doc_id`` is the first 16 hex digits of the SHA-256 of its bytes.

    ``source`` is the posix path inside the corpus. ``pages`` holds the span of every page, empty when the format
    has none.
    """

    doc_id: str
    source: str
    title: str
    text: str
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
    pages: tuple[Span, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An entry of a document's own bibliography. Fields that the entry does not have are None or empty.

    ``number`` is the source's own; for a list without numbers it is the place in the list, from 1. ``label`` is the
    author-year label ("Smith 2020") of such a list. ``bibliography`` counts the lists of one document from 0.
    ``quote`` is the decoded ``#:~:text=`` fragment of the URL.
    """

    doc_id: str
    number: int
    raw: str
    span: Span
    bibliography: int = 0
    label: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    url_repaired: bool = False
    quote: str | None = None
    doi: str | None = None
    arxiv: str | None = None

    @property
    def reference_id(self) -> str:
        """``r_<doc>_<number>``; entries of a second list and later carry its place: ``r_<doc>_2.<number>``."""
        prefix = f"{self.bibliography + 1}." if self.bibliography else ""
        return f"r_{self.doc_id}_{prefix}{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationMarker:
    """One citation group in running text, ranges expanded: ``[3-5]`` has the numbers 3, 4, 5.

    A number without an entry stays in ``numbers`` (the marker dangles and a finding says so). An author-year
    citation that matches no entry, or more than one, has no number for it and keeps its label in ``unresolved``.
    """

    span: Span
    raw: str
    numbers: tuple[int, ...]
    style: MarkerStyle
    bibliography: int = 0
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault in a document: reported, never raised. ``span`` and ``page`` say where, when that is known."""

    code: str
    message: str
    source: str
    span: Span | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of running text; ``block`` is the place of its block in ``Document.blocks``."""

    span: Span
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument:
    """A document with all that was read out of it: what the parsing stage gives and a generation stores."""

    document: Document
    references: tuple[Reference, ...] = ()
    markers: tuple[CitationMarker, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is searched and returned: whole sentences of one document, or one bibliography entry.

    ``passage_id`` is ``p_`` and 16 hex digits of a hash over document and span. ``search_text`` is what gets
    embedded and indexed (headings in front, markers, emphasis and URLs removed); what is shown is
    ``document.text[span.start:span.end]``. ``pages`` is (first, last). ``parts`` are the sentences' places in
    ``search_text``, in their order; an entry has none.
    """

    passage_id: str
    doc_id: str
    span: Span
    search_text: str
    kind: PassageKind = "text"
    heading: tuple[str, ...] = ()
    pages: tuple[int, int] | None = None
    parts: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found for a query. ``rank`` counts from 1; every score is larger-is-better.

    ``scores`` holds the parts the score came from: ``dense`` is a cosine, ``lexical`` a BM25 score; a part that did
    not find the passage is missing.
    """

    passage: Passage
    rank: int
    score: float
    scores: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A hit with what it stands on: its document, its text, and every citation marker inside it.

    ``text`` is the document's canonical text at ``hit.passage.span``; the markers' spans are document spans.
    """

    hit: Hit
    source: str
    title: str
    text: str
    markers: tuple[CitationMarker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer. ``start`` and ``end`` are offsets in ``Answer.text``; ``source`` is the document span.

    ``references`` are the entries that support this very sentence, in order. ``short`` is the place in ``Answer.text`` of the
    likeliest short answer, where the sentence has one.
    """

    start: int
    end: int
    passage_id: str
    doc_id: str
    source: Span
    references: tuple[Reference, ...]
    short: Span | None = None


AnswerStatus = Literal["answered", "partial", "not_in_corpus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question gets: verbatim sentences, the passages found, and every reference that these lean on.

    ``text`` is None when the corpus does not say. ``references`` are unique, in order of first use (the statements'
    first, then the passages' in rank order). ``timing_ms`` has the parts and ``total``.
    """

    question: str
    status: AnswerStatus
    confidence: float
    text: str | None
    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]
    references: tuple[Reference, ...]
    warnings: tuple[str, ...]
    timing_ms: dict[str, float]
