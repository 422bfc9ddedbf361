"""Citation markers: which candidates in the running text are citations, and which entries they cite.

A form counts only if the document uses it to cite: a bracketed number needs entries with numbers, a raised or
parenthesised one must reach a good part of the list, so that exponents, footnotes, equations and enumerations stay
what they are. A group with some number that the list lacks is kept, and a finding names the number.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.records import CitationMarker, Document, Finding, Reference, Span
from ingest.author_year import find_author_year
from ingest.bibliography import bibliography_spans
from ingest.entry_labels import match_label
from ingest.marker_forms import Candidate, find_candidates

_STRICT = {"numeric", "linked", "note"}
_REACH_AT_LEAST = 0.3  # share of the list that raised or parenthesised numbers must reach to be citations
_GLUED_AT_LEAST = 0.2  # share of markers glued to a word below which a glued one is an index, as in array[3]
_INTERVAL = re.compile(r"(?:\bin|∈|\binterval|\brange|\bscale|\bscaled to|\bbounded by|\bfrom|\bbetween|\bnormali[sz]ed to)\s*$", re.I)
_UNIT_BEFORE = re.compile(r"(?:(?<![\w.,])\d{1,3}|(?<![^\W\d_])(?:[A-Za-zµΩχρσ]|[cmkdµn]m|kg|cm|ft|in|R|log))$")
_ENUMERATION_BEFORE = re.compile(r"(?:^|[:;,.]|\band|\bor)\s*$")
_STOP = re.compile(r"[a-z)][.!?]\W*(?:\d\W*)*(?=[^\W\d_a-z]|$)")
_MATH_BEFORE = re.compile(r"[=<>≤≥∑∫±∝≈→]\s*[^.;]{0,60}$")


@dataclass(frozen=True, slots=True)
class _Lists:
    """The bibliographies of a document, as look-ups."""

    spans: tuple[Span, ...]
    numbers: tuple[frozenset[int], ...]
    urls: frozenset[tuple[int, str]]
    names: tuple[dict[str, int], ...]
    numbered: bool
    footnotes: bool

    def place_for(self, position: int, numbers: Sequence[int]) -> int:
        """The list that a marker at ``position`` cites: the next one in the text, else the only one that has it."""
        near = next((place for place, span in enumerate(self.spans) if span.start > position), len(self.spans) - 1)
        if self.numbers[near].isdisjoint(numbers):
            # Lists that start over at 1 stay apart; one list cut in two (numbers going on) is looked up as a whole.
            others = [place for place, known in enumerate(self.numbers) if not known.isdisjoint(numbers)]
            if len(others) == 1 and self.numbers[near].isdisjoint(self.numbers[others[0]]):
                return others[0]
        return near


def find_markers(
    document: Document, references: Sequence[Reference]
) -> tuple[tuple[CitationMarker, ...], tuple[Finding, ...]]:
    """All citation markers of the running text in order, and what is doubtful about them."""
    if not references:
        return (), ()
    lists = _read_lists(references)
    candidates = [one for one in find_candidates(document) if _may_cite(document, lists, one)]
    chosen, doubts = _choose(document, lists, candidates)
    markers = [_as_marker(document, lists, one) for one in chosen]
    reached = {number for marker in markers for number in marker.numbers}
    if len(reached) < _REACH_AT_LEAST * len(references):
        written, unclear = find_author_year(document, references, _running_text(document, lists.spans))
        markers.extend(one for one in written if not any(one.span.overlaps(other.span) for other in markers))
        doubts.extend(unclear)
    markers.sort(key=lambda marker: marker.span)
    return tuple(markers), (*doubts, *_dangling(document, lists, markers), *_uncited(document, references, markers))


def _read_lists(references: Sequence[Reference]) -> _Lists:
    count = max(reference.bibliography for reference in references) + 1
    groups = [[one for one in references if one.bibliography == place] for place in range(count)]
    return _Lists(
        spans=bibliography_spans(references),
        numbers=tuple(frozenset(one.number for one in group) for group in groups),
        urls=frozenset((one.number, _bare_address(one.url)) for one in references if one.url),
        names=tuple({one.label or str(one.number): one.number for one in group} for group in groups),
        numbered=any(match_label(one.raw, Span(0, len(one.raw))) is not None for one in references),
        footnotes=all(one.raw.startswith("[^") for one in references),
    )


def _bare_address(url: str) -> str:
    """An address without what two copies of it differ in: scheme, "www.", a closing slash, letter case."""
    return re.sub(r"^https?://(?:www\.)?", "", url.casefold()).rstrip("/")


def _running_text(document: Document, lists: Sequence[Span]) -> tuple[Span, ...]:
    """The blocks that can hold citations: not the lists themselves, not code, not the title."""
    return tuple(
        block.span
        for block in document.blocks
        if block.kind not in {"code", "rule", "title", "reference"} and not any(one.covers(block.span) for one in lists)
    )


# --------------------------------------------------------------------------------------------- candidate by candidate


def _may_cite(document: Document, lists: _Lists, one: Candidate) -> bool:
    """Rules that hold whatever the rest of the document does."""
    if any(span.overlaps(one.span) for span in lists.spans) or _in_code(document, one.span):
        return False
    if one.style == "note":
        return True
    known = lists.numbers[lists.place_for(one.span.start, one.numbers)]
    resolved = [number for number in one.numbers if number in known]
    if one.style == "numeric":
        before = document.text[max(0, one.span.start - 30) : one.span.start]
        if 0 in one.numbers and 0 not in known:
            return False  # an interval such as [0, 1]
        if not resolved and (min(one.numbers) > 3 * max(known) or _INTERVAL.search(before)):
            return False  # [2019] where the list ends at 47
        return not (len(one.numbers) == 2 and _INTERVAL.search(before))
    return len(resolved) * 2 >= len(one.numbers) > 0


def _in_code(document: Document, span: Span) -> bool:
    place = bisect_left(document.blocks, span.start + 1, key=lambda block: block.span.start) - 1
    if place < 0:
        return False
    block = document.blocks[place]
    if block.kind == "code" and block.span.covers(span):
        return True
    line_start = document.text.rfind("\n", 0, span.start) + 1
    line_end = document.text.find("\n", span.end)
    before = document.text[line_start : span.start]
    after = document.text[span.end : line_end if line_end >= 0 else len(document.text)]
    return before.count("`") % 2 == 1 and "`" in after


# ------------------------------------------------------------------------------------------------ document as a whole


def _choose(
    document: Document, lists: _Lists, candidates: Sequence[Candidate]
) -> tuple[list[Candidate], list[Finding]]:
    elsewhere = [one for one in candidates if _links_elsewhere(lists, one)]
    # Where every list is one of Markdown footnotes, "[1]" is not how the text cites.
    quoted = [one for one in candidates if one.style == "numeric"] if lists.footnotes else []
    weak = {one.span for one in (*elsewhere, *quoted)}
    strict = [one for one in candidates if one.style in _STRICT and one.span not in weak]
    strict, doubts = _without_glued(document, lists, strict)
    everything = sum(len(known) for known in lists.numbers)
    reach = len(_reached(strict)) / everything
    raised = [one for one in candidates if one.style == "superscript" and _is_raised_citation(document, one)]
    bracketed = [one for one in candidates if one.style == "parenthesis" and _is_bracketed_citation(document, one)]
    chosen = list(strict)
    for group in (elsewhere, quoted, raised, bracketed):
        share = len(_reached(group)) / everything
        if share >= _REACH_AT_LEAST and share > reach and (lists.numbered or share > 2 * reach):
            chosen.extend(_without_enumerations(document, group))
            reach = share
    return chosen, doubts


def _links_elsewhere(lists: _Lists, one: Candidate) -> bool:
    """Whether this is a link whose words are a number, and whose target is not that entry: "[3](https://…)"."""
    if not one.target or one.target.startswith("#"):
        return False
    return not any((number, _bare_address(one.target)) in lists.urls for number in one.numbers)


def _reached(candidates: Iterable[Candidate]) -> set[int]:
    return {number for one in candidates for number in one.numbers}


def _without_glued(
    document: Document, lists: _Lists, candidates: list[Candidate]
) -> tuple[list[Candidate], list[Finding]]:
    """Leave out brackets glued to a word where the document else keeps a blank before them: ``array[3]``."""
    text = document.text
    glued = [one for one in candidates if one.style == "numeric" and _is_glued(text, one.span.start)]
    if len(glued) >= _GLUED_AT_LEAST * len(candidates):
        return candidates, []
    # "in a wet year[5]." closes a clause like a citation; "array[3] is set" does not.
    glued = [one for one in glued if text[one.span.end : one.span.end + 1] not in {*".,;:!?)", "\n", ""}]
    findings = [
        Finding(
            code="ambiguous-marker",
            message=f"{document.text[slice(*one.span)]!r} stands glued to a word; read as an index, not as a citation.",
            source=document.source,
            span=one.span,
        )
        for one in glued
    ]
    left_out = {one.span for one in glued}
    return [one for one in candidates if one.span not in left_out], findings


def _is_glued(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isalnum() and text[start - 1].isascii())


def _is_raised_citation(document: Document, one: Candidate) -> bool:
    """Not an exponent, not a unit, not the mark of an affiliation in front of the text."""
    text = document.text
    before = text[max(0, one.span.start - 12) : one.span.start]
    if not before.strip() or before.endswith(("\n", "⁻", "⁺")):
        return False  # the label of a footnote, the rest of a⁻¹
    if _UNIT_BEFORE.search(before) and len(one.numbers) == 1:
        return False
    return one.span.start >= _front_end(document)


def _front_end(document: Document) -> int:
    """Where the title, authors and affiliations end: at the first heading or long paragraph."""
    for block in document.blocks:
        words = document.text[slice(*block.span)]
        if block.kind == "heading" or (block.kind != "title" and len(words) > 150 and len(_STOP.findall(words)) >= 2):
            return block.span.start
    return 0


def _is_bracketed_citation(document: Document, one: Candidate) -> bool:
    """Not an equation's number at the end of a line, not a lone year."""
    text = document.text
    before = text[max(0, one.span.start - 80) : one.span.start]
    line_end = text[one.span.end : one.span.end + 1] in {"", "\n"}
    if line_end and (_MATH_BEFORE.search(before) or before.rstrip(" \t").endswith("\n")):
        return False
    if re.search(r"(?:\b(?:eqs?|equations?|formulae?|step|case|item|type|class|phase|stage|part)\.?\s*)$", before, re.I):
        return False
    return not before.endswith("\n") and before.strip() != ""


def _without_enumerations(document: Document, group: Sequence[Candidate]) -> Iterator[Candidate]:
    """Leave out ``(1) …, (2) …`` counted through inside one block: single numbers from 1 up, each opening a clause."""
    counted: set[Span] = set()
    for block in document.blocks:
        inside = [one for one in group if block.span.covers(one.span) and len(one.numbers) == 1]
        run: list[Candidate] = []
        for one in inside:
            before = document.text[max(block.span.start, one.span.start - 12) : one.span.start]
            after = document.text[one.span.end : one.span.end + 2]
            opens = (not run or _ENUMERATION_BEFORE.search(before)) and after[:1].isspace() and after[1:2].isalpha()
            if one.style == "parenthesis" and opens and one.numbers[0] == len(run) + 1:
                run.append(one)
        if len(run) >= 2:
            counted.update(one.span for one in run)
    return (one for one in group if one.span not in counted)


# ----------------------------------------------------------------------------------------------------------- results


def _as_marker(document: Document, lists: _Lists, one: Candidate) -> CitationMarker:
    place = lists.place_for(one.span.start, one.numbers)
    marker = CitationMarker(
        span=one.span,
        raw=document.text[slice(*one.span)],
        numbers=one.numbers,
        style=one.style,
        bibliography=place,
    )
    if one.style != "note":
        return marker
    found = next((names[one.name] for names in lists.names if one.name in names), None)
    if found is None:
        return replace(marker, numbers=one.numbers, unresolved=() if one.numbers else (one.name,))
    return replace(marker, numbers=(found,))


def _dangling(document: Document, lists: _Lists, markers: Iterable[CitationMarker]) -> Iterator[Finding]:
    for marker in markers:
        for number in marker.numbers:
            if number not in lists.numbers[marker.bibliography]:
                yield Finding(
                    code="dangling-marker",
                    message=f"{marker.raw!r} cites {number}, and the list has no entry {number}.",
                    source=document.source,
                    span=marker.span,
                )


def _uncited(
    document: Document, references: Iterable[Reference], markers: Iterable[CitationMarker]
) -> Iterator[Finding]:
    cited = {(marker.bibliography, number) for marker in markers for number in marker.numbers}
    for reference in references:
        if (reference.bibliography, reference.number) not in cited:
            yield Finding(
                code="uncited-entry",
                message=f"Entry {reference.number} is cited nowhere in the text.",
                source=document.source,
                span=reference.span,
            )
