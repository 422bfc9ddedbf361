"""Bibliographies: where a document lists its sources, and where each entry begins and ends.

A list is found by its heading in any language we know, by entries that the file format itself marks, or, without
either, as a run of numbered lines whose words look like sources. Every list of a document stays apart; entries keep
the source's own numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.records import Block, Document, Finding, Reference, Span
from ingest.document import line_spans, trim
from ingest.entries import Entry, parse_entry
from ingest.entry_labels import Label, find_chains, match_label
from ingest.headings import names_bibliography, names_notes

_SOURCE = re.compile(
    r"https?://|www\.|\bdoi\b|10\.\d{4,9}/|arxiv|\b(?:1[6-9]|20)\d\d[a-z]?\b|\bet al\b|\bin press\b|\bforthcoming\b"
    r"|[“\"'‘][^”\"'’]{15,}[”\"'’]|\b[\w-]+\.(?:com|org|net|gov|edu|io|ai|cn|de|uk|eu)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d[a-z]?\b")
_NAME_START = re.compile(r"(?:[-*•]\s+)?(?:[^\W\d_a-z][\w'’.-]*[,\s]|https?://|www\.|<https?:)")
_LEFTOVER = re.compile(r"[\s>]*(?:<sup>[a-z][^<]*</sup>|[a-z%/&=?._-])")  # the rest of a URL torn over a page break
_SOURCES_AT_LEAST = 0.7  # share of the lines of a list without a heading that must look like sources
_NAMED_AT_LEAST = 0.4  # the same under a heading that names a list of sources


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """A stretch of the text that may hold a list of sources; ``named`` when a heading says so."""

    span: Span
    named: bool = False
    marked: tuple[Block, ...] = ()
    notes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slice:
    span: Span
    label: Label | None = None


def find_references(document: Document) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """All entries of all bibliographies of a document in text order, and what is wrong with the lists."""
    lists = [slices for region in _regions(document) if (slices := _cut(document, region))]
    lists = lists or _notes_only(document)
    if definitions := _footnote_definitions(document):
        lists = sorted([*lists, definitions], key=lambda slices: slices[0].span)
    references: list[Reference] = []
    findings: list[Finding] = []
    for place, slices in enumerate(lists):
        entries, faults = _make_entries(document, slices, place)
        references.extend(entries)
        findings.extend(faults)
    return tuple(references), tuple(findings)


def bibliography_spans(references: Sequence[Reference]) -> tuple[Span, ...]:
    """The span of each bibliography, first entry to last, by its place."""
    spans: dict[int, Span] = {}
    for reference in references:
        held = spans.get(reference.bibliography, reference.span)
        start, end = min(held.start, reference.span.start), max(held.end, reference.span.end)
        spans[reference.bibliography] = Span(start, end)
    return tuple(spans[place] for place in sorted(spans))


# ---------------------------------------------------------------------------------------------------------- regions


def _regions(document: Document) -> Iterator[_Region]:
    named = list(_named_regions(document))
    taken = [region.span for region in named]
    marked = [region for region in _marked_regions(document) if not any(region.span.overlaps(span) for span in taken)]
    found = sorted([*named, *marked], key=lambda region: region.span)
    found = [region for region in found if not region.notes] or found
    if not any(_cut(document, region) for region in found):
        found = list(_unnamed_regions(document))
    yield from found


def _named_regions(document: Document) -> Iterator[_Region]:
    text = document.text
    blocks = document.blocks
    starts = {block.span: start for block in blocks if (start := _list_start(text, block)) is not None}
    for place, block in enumerate(blocks):
        start = starts.get(block.span)
        if start is None:
            continue
        depth = len(block.heading)
        end = len(text)
        for later in blocks[place + 1 :]:
            # A section "References" may hold words and then, under its own line, the list.
            deeper = later.kind == "heading" and len(later.heading) > depth and block.kind == "heading"
            if later.span in starts or (later.kind == "heading" and not deeper):
                end = later.span.start
                break
        span = Span(start, end)
        marked = tuple(one for one in blocks if one.kind == "reference" and span.covers(one.span))
        first_line = text[block.span.start : start]
        yield _Region(span=span, named=True, marked=marked, notes=names_notes(first_line))


def _list_start(text: str, block: Block) -> int | None:
    """Where the list begins if this block is its heading, or a paragraph whose first line is ("参考文献：\\n[1] …")."""
    if block.kind not in {"heading", "title", "paragraph"}:
        return None
    line = next(line_spans(text, *block.span), block.span)
    if not names_bibliography(text[slice(*line)]):
        return None
    if block.kind == "paragraph" and line.end == block.span.end and len(text[slice(*line)]) > 40:
        return None
    return line.end


def _marked_regions(document: Document) -> Iterator[_Region]:
    """Runs of blocks that the format marks as entries, without a heading that we know."""
    run: list[Block] = []
    for block in (*document.blocks, None):
        if block is not None and block.kind == "reference":
            run.append(block)
            continue
        if block is not None and run and block.kind in {"rule", "caption"}:
            continue
        if run:
            yield _Region(span=Span(run[0].span.start, run[-1].span.end), named=True, marked=tuple(run))
            run = []


def _unnamed_regions(document: Document) -> Iterator[_Region]:
    """Numbered runs that look like sources without any heading: footnotes at the end, ``[n] URL - title`` lines."""
    for chain in find_chains(_labels(document, Span(0, len(document.text)))):
        if chain[0].number > 1 or len(chain) < 2:
            continue
        region = _Region(span=Span(chain[0].span.start, len(document.text)))
        slices = _slices_of(document, region, chain)
        if _looks_like_sources(document.text, slices) >= _SOURCES_AT_LEAST:
            yield _Region(span=Span(slices[0].span.start, slices[-1].span.end))


def _notes_only(document: Document) -> list[list[_Slice]]:
    """Foot- or endnotes, when they are all the document has to cite its sources with."""
    notes = [block for block in document.blocks if block.kind == "footnote"]
    slices = []
    for block in notes:
        label = match_label(document.text, block.span)
        if label is not None:
            slices.append(_Slice(span=trim(document.text, block.span), label=label))
    if len(slices) >= 2 and _looks_like_sources(document.text, slices) >= _NAMED_AT_LEAST:
        return [slices]
    return []


def _footnote_definitions(document: Document) -> list[_Slice]:
    """Markdown footnotes ("[^1]: …"): wherever they stand, they are one list. A word for a name gets a free number."""
    text = document.text
    labels = [label for label in _labels(document, Span(0, len(text))) if label.family == "footnote"]
    free = max((label.number for label in labels), default=0)
    slices = []
    for label, after in pairwise((*labels, None)):
        assert label is not None
        block = next(one for one in document.blocks if one.span.start <= label.span.start < one.span.end)
        if not label.number:
            free += 1
            label = replace(label, number=free)  # noqa: PLW2901
        end = min(block.span.end, after.span.start) if after else block.span.end
        slices.append(_Slice(span=trim(text, Span(label.span.start, end)), label=label))
    return slices


def _looks_like_sources(text: str, slices: Sequence[_Slice]) -> float:
    """The share of entries that hold a URL, a DOI, a year, a quoted title or the like."""
    if not slices:
        return 0.0
    return sum(bool(_SOURCE.search(text, *one.span)) for one in slices) / len(slices)


# ---------------------------------------------------------------------------------------------------------- entries


def _labels(document: Document, span: Span) -> list[Label]:
    skipped = [block.span for block in document.blocks if block.kind in {"heading", "code", "rule", "table"}]
    lines = line_spans(document.text, *span)
    return [
        label
        for line in lines
        if not any(block.covers(line) for block in skipped)
        if (label := match_label(document.text, line)) is not None
    ]


def _cut(document: Document, region: _Region) -> list[_Slice]:
    """The entries of a region; empty when what stands there is no list of sources."""
    chains = [chain for chain in find_chains(_labels(document, region.span)) if _heads(document.text, region, chain)]
    best = max(chains, key=len, default=())
    if best and (len(best) >= 2 or not region.marked) and len(best) >= 0.6 * len(region.marked):
        slices = _slices_of(document, region, best)
    elif region.marked:
        slices = [_Slice(span=trim(document.text, block.span)) for block in region.marked]
    else:
        slices = _unlabelled(document, region)
    needed = _NAMED_AT_LEAST if region.named else _SOURCES_AT_LEAST
    return slices if _looks_like_sources(document.text, slices) >= needed else []


def _heads(text: str, region: _Region, chain: Sequence[Label]) -> bool:
    """Whether a chain can be the region's list: near its top, or long."""
    before = text[region.span.start : chain[0].span.start]
    return len(chain) >= 5 or len(before.strip()) < 300


def _slices_of(document: Document, region: _Region, chain: Sequence[Label]) -> list[_Slice]:
    text = document.text
    barriers = [block.span.start for block in document.blocks if block.kind == "heading"]
    slices = []
    for label, after in pairwise((*chain, None)):
        assert label is not None
        limit = after.span.start if after else _last_end(document, region, label)
        limit = min([limit, *(start for start in barriers if label.span.end <= start < limit)])
        slices.extend(_repair(text, label, after, _strip(text, Span(label.span.start, limit))))
    return slices


def _strip(text: str, span: Span) -> Span:
    """Without the rules and list dashes that stand between two entries."""
    kept = text[slice(*span)]
    return Span(span.start, span.start + len(re.sub(r"(?:\s+|\n[ \t]*(?:-{3,}|\*{3,}|_{3,}|[-*+•])[ \t]*)+$", "", kept)))


def _last_end(document: Document, region: _Region, label: Label) -> int:
    """Where the last entry of a list ends: at the end of its paragraph, unless a page break tore it."""
    text, end = document.text, label.span.end
    for block in document.blocks:
        if block.span.end <= label.span.end or block.span.start >= region.span.end:
            continue
        only_label = not text[label.span.end : end].strip()
        if end > label.span.end and not only_label and not _LEFTOVER.match(text, block.span.start):
            break
        if block.kind == "heading":
            break
        end = min(block.span.end, region.span.end)
    return end


def _repair(text: str, label: Label, after: Label | None, span: Span) -> Iterator[_Slice]:
    """Cut an entry that swallowed the next ones: the number missing from the chain stands inside it."""
    start, number = label, label.number
    cut_from = span.start
    while after is not None and number + 1 < after.number:
        pattern = _inner_label(label, number + 1)
        inner = pattern.search(text, start.span.end, span.end) if pattern else None
        if inner is None:
            break
        found = Span(*inner.span("label"))
        yield _Slice(span=trim(text, Span(cut_from, found.start)), label=start)
        start, number, cut_from = Label(number=number + 1, family=label.family, span=found), number + 1, found.start
    yield _Slice(span=trim(text, Span(cut_from, span.end)), label=start)


def _inner_label(label: Label, number: int) -> re.Pattern[str] | None:
    if label.family == "bracket":
        return re.compile(rf"(?<=\s)(?P<label>\[{number}\])\s*(?=\S)")
    if label.family == "dot":
        return re.compile(rf"(?<=[.\d/)]\s)(?P<label>{number}[.)])\s+(?=[^\W\d_a-z])")
    return None


def _unlabelled(document: Document, region: _Region) -> list[_Slice]:
    """Entries without numbers: one a list item or paragraph, or one a line where no blank lines part them."""
    blocks = [
        block
        for block in document.blocks
        if region.span.covers(block.span) and block.kind in {"paragraph", "list_item", "reference", "quote"}
    ]
    head = Span(region.span.start, blocks[0].span.start) if blocks else region.span
    # The heading may be the first line of the very paragraph that holds the list.
    around = [block for block in document.blocks if block.span.overlaps(region.span) and block.span.start < head.start]
    spans = [block.span for block in blocks] + [Span(region.span.start, block.span.end) for block in around]
    slices = [_Slice(span=span) for whole in sorted(spans) for span in _lines_or_whole(document.text, whole)]
    slices = [one for one in slices if one.span.end - one.span.start > 10]
    return slices if len(slices) >= 2 else []


def _lines_or_whole(text: str, whole: Span) -> list[Span]:
    lines = [trim(text, line) for line in line_spans(text, *whole) if text[slice(*line)].strip()]
    if len(lines) < 2:
        return [trim(text, whole)] if lines else []
    starts = [
        line
        for place, line in enumerate(lines)
        if place == 0 or (_NAME_START.match(text, *line) and _closes(text[slice(*lines[place - 1])]))
    ]
    if sum(bool(_SOURCE.search(text, *line)) for line in starts) < 0.8 * len(starts):
        return [trim(text, whole)]
    ends = [line.start for line in starts[1:]] + [whole.end]
    return [trim(text, Span(line.start, end)) for line, end in zip(starts, ends, strict=True)]


def _closes(line: str) -> bool:
    """Whether an entry may end with this line: a stop, a URL or a number."""
    return line.endswith((".", ")", ">", "/", "。", "]")) or bool(re.search(r"https?://\S+$|\d$", line))


# --------------------------------------------------------------------------------------------------------- assembly


def _make_entries(
    document: Document, slices: Sequence[_Slice], bibliography: int
) -> tuple[list[Reference], list[Finding]]:
    references: list[Reference] = []
    findings: list[Finding] = []
    seen: set[int] = set()
    for place, one in enumerate(slices, start=1):
        raw = document.text[slice(*one.span)]
        entry = parse_entry(raw)
        number = one.label.number if one.label and one.label.number else place
        if number in seen:
            message = f"Entry {number} stands twice in the list; the first one counts."
            findings.append(Finding(code="duplicate-number", message=message, source=document.source, span=one.span))
            continue
        seen.add(number)
        references.append(
            Reference(
                doc_id=document.doc_id,
                number=number,
                raw=raw,
                span=one.span,
                bibliography=bibliography,
                label=_label(one, entry, raw),
                title=entry.title,
                authors=entry.authors,
                year=entry.year,
                venue=entry.venue,
                url=entry.url,
                url_repaired=entry.url_repaired,
                quote=entry.quote,
                doi=entry.doi,
                arxiv=entry.arxiv,
            )
        )
    return references, findings + _gaps(document, references)


def _label(one: _Slice, entry: Entry, raw: str) -> str | None:
    """What the text calls an entry without a number: a Markdown footnote's name, or authors and year."""
    if one.label is not None:
        return one.label.name if one.label.name and not one.label.name.isdecimal() else None
    if not entry.authors or entry.year is None:
        return None
    names = [_surname(author) for author in entry.authors]
    lettered = re.search(rf"\b{entry.year}[a-z]\b", raw)
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{who} {lettered.group() if lettered else entry.year}"


def _surname(author: str) -> str:
    """The surname of a name as printed ("Smith, A.", "A. Smith", "Smith AB"); a body's name whole."""
    if "," in author:
        return author.split(",")[0].strip()
    words = author.split()
    initials = [bool(re.fullmatch(r"(?:[^\W\d_a-z]\.?-?){1,3}", word)) for word in words]
    if len(words) < 2 or not any(initials) or all(initials):
        return author
    return " ".join(word for word, initial in zip(words, initials, strict=True) if not initial)


def _gaps(document: Document, references: Sequence[Reference]) -> list[Finding]:
    return [
        Finding(
            code="gap-in-numbering",
            message=f"The list goes from {before.number} to {after.number}.",
            source=document.source,
            span=after.span,
        )
        for before, after in pairwise(references)
        if after.number > before.number + 1
    ]
