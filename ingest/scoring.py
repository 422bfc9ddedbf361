"""Scores of what was read out of documents, against gold: entries, links from text to entry, fields, time.

An *entry* is found when one of ours holds it and no other gold entry. A *link* is a place in the text and the entry
that it cites; the place is compared after aligning the two texts, the entry by which gold entry ours is. A gold link
that is missing counts, wherever gold has it; a link of ours that gold lacks counts where the text around it is in the
gold text at all (captions, tables and front matter mostly are not).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.records import CitedDocument, Span
from index.terminal import print_json_lines, print_table, progress_bar
from ingest.alignment import Alignment, fold, read_letters
from ingest.gold import GoldDocument, read_gold
from ingest.matching import Matching, match_entries, right_fields
from ingest.reading import read_document

_NEAR = 4  # letters between two places that are one: "[3] and" may stand before or behind a word's last mark
_FIELDS = ("title", "authors", "year", "doi", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Right ones, of so many in gold and so many of ours."""

    right: int = 0
    gold: int = 0
    ours: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(right=self.right + other.right, gold=self.gold + other.gold, ours=self.ours + other.ours)

    @property
    def recall(self) -> float:
        """Share of gold that was found; 1 where gold has none."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def precision(self) -> float:
        """Share of ours that is right; 1 where we have none."""
        return self.right / self.ours if self.ours else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.gold + self.ours
        return 2 * self.right / both if both else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one document, or of several added up. Seconds are processor time."""

    name: str
    style: str
    entries: Count = Count()
    links: Count | None = None
    fields: dict[str, Count] = field(default_factory=dict)
    parsing_s: float = 0.0
    plain_s: float = 0.0
    misses: tuple[dict[str, Any], ...] = ()


def print_citation_scores(folder: Path, *, json_lines: bool) -> None:
    """Score every document of a folder that has gold beside it; print the table, or a JSON line for each with its misses.

    Raises:
        BadInput: as ``read_gold``.
        UnreadableDocument: a document cannot be read at all.
    """
    documents = read_gold(folder)
    with progress_bar("Scoring") as bar:
        scores = list(bar.track(map(score_document, documents), total=len(documents), description="documents"))
    totals = list(_totals(scores))
    if json_lines:
        print_json_lines(map(_as_json, [*scores, *totals]))
        return
    print_table(
        ("document", "style", "entries R", "P", "links R", "P", "F1", *_FIELDS, "parse / plain"), map(_row, [*scores, *totals])
    )


def score_document(gold: GoldDocument) -> Score:
    """Read one document and compare what came out with its gold."""
    content = gold.path.read_bytes()
    plain_s = _plain_seconds(content) if gold.path.suffix == ".pdf" else 0.0
    parsing_s = _parsing_seconds(content, gold.path.name)
    return _compare(gold, read_document(content, gold.path.name), parsing_s, plain_s)


def _parsing_seconds(content: bytes, source: str) -> float:
    from ingest.parse import parse

    started = time.process_time()
    parse(content, source)
    return time.process_time() - started


def _plain_seconds(content: bytes) -> float:
    """How long the text alone takes to extract, with the library that the parser stands on."""
    import pypdfium2

    started = time.process_time()
    pdf = pypdfium2.PdfDocument(content)
    for page in pdf:
        page.get_textpage().get_text_range()
    pdf.close()
    return time.process_time() - started


# ----------------------------------------------------------------------------------------------------------- counting


def _compare(gold: GoldDocument, cited: CitedDocument, parsing_s: float, plain_s: float) -> Score:
    matching = match_entries(gold.entries, cited.references, cited.document.text)
    entries, misses = _count_entries(gold, cited, matching)
    links, missed_links = (None, []) if gold.citations is None else _count_links(gold, cited, matching)
    return Score(
        name=gold.path.name,
        style=gold.style,
        entries=entries,
        links=links,
        fields=_count_fields(gold, cited, matching),
        parsing_s=parsing_s,
        plain_s=plain_s,
        misses=(*misses, *missed_links),
    )


def _count_entries(
    gold: GoldDocument, cited: CitedDocument, matching: Matching
) -> tuple[Count, list[dict[str, Any]]]:
    right = len(matching.pairs)
    found, used = {place for place, _ in matching.pairs}, {at for _, at in matching.pairs}
    missed = [one for place, one in enumerate(gold.entries) if place not in found and place not in matching.unknown]
    extra = [one for at, one in enumerate(cited.references) if at not in used]
    # A gold entry that cannot be told is set aside, and with it one of ours that nothing matched.
    aside = min(len(matching.unknown), len(extra))
    count = Count(right=right, gold=len(gold.entries) - len(matching.unknown), ours=len(cited.references) - aside)
    misses = [{"miss": "entry", "number": one.number, "text": one.raw or one.title or one.doi} for one in missed]
    if len(extra) > aside:
        misses += [{"miss": "extra entry", "number": one.number, "text": one.raw} for one in extra]
    return count, misses


def _count_fields(gold: GoldDocument, cited: CitedDocument, matching: Matching) -> dict[str, Count]:
    counts: dict[str, Count] = {}
    for place, at in matching.pairs:
        for name, right in right_fields(gold.entries[place], cited.references[at]).items():
            counts[name] = counts.get(name, Count()) + Count(right=right, gold=1, ours=1)
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A place in gold letters and the gold entry cited there; ``entry`` is None for one of ours that gold lacks."""

    place: Span
    entry: int | None
    offset: int  # in the text that the link comes from


def _count_links(gold: GoldDocument, cited: CitedDocument, matching: Matching) -> tuple[Count, list[dict[str, Any]]]:
    text = cited.document.text if gold.text is None else gold.text
    sources = _sources(gold)
    wanted = list(_gold_links(gold, text, sources))
    ours = list(_our_links(gold, cited, matching, text, sources))
    missed: list[_Link] = []
    for link in wanted:
        same = [one for one in ours if one.entry == link.entry is not None and _distance(one.place, link.place) <= _NEAR]
        if same:
            ours.remove(min(same, key=lambda one: _distance(one.place, link.place)))
        else:
            missed.append(link)
    right = len(wanted) - len(missed)
    misses = [_show_miss("link", text, link) for link in missed]
    misses += [_show_miss("extra link", cited.document.text, link) for link in ours]
    return Count(right=right, gold=len(wanted), ours=right + len(ours)), misses


def _sources(gold: GoldDocument) -> dict[int, int]:
    """Each gold number with the first number of the same source: a paper listed twice (2016a, 2016b) is one source."""
    first: dict[str, int] = {}
    same: dict[int, int] = {}
    for entry in gold.entries:
        name = f"{fold(entry.title or entry.raw)} {fold(entry.doi or '')} {entry.url or ''} {entry.year}"
        same[entry.number] = first.setdefault(name, entry.number)
    return same


def _gold_links(gold: GoldDocument, text: str, sources: dict[int, int]) -> Iterator[_Link]:
    letters = read_letters(text)
    for citation in gold.citations or ():
        place = Span(letters.place(citation.span.start), letters.place(citation.span.end))
        for number in citation.refs:
            yield _Link(place=place, entry=sources.get(number), offset=citation.span.start)


def _our_links(
    gold: GoldDocument, cited: CitedDocument, matching: Matching, text: str, sources: dict[int, int]
) -> Iterator[_Link]:
    letters = read_letters(cited.document.text)
    alignment = Alignment(read_letters(text), letters)
    entries = {
        (cited.references[at].bibliography, cited.references[at].number): sources[gold.entries[place].number]
        for place, at in matching.pairs
    }
    resolved = {(one.bibliography, one.number) for one in cited.references}
    for marker in cited.markers:
        place = alignment.to_gold(Span(letters.place(marker.span.start), letters.place(marker.span.end)))
        if place is None:
            continue
        for number in marker.numbers:
            key = (marker.bibliography, number)
            if key in resolved:
                yield _Link(place=place, entry=entries.get(key), offset=marker.span.start)


def _distance(one: Span, other: Span) -> int:
    return max(0, one.start - other.end, other.start - one.end)


def _show_miss(kind: str, text: str, link: _Link) -> dict[str, Any]:
    around = text[max(0, link.offset - 60) : link.offset + 30].replace("\n", " ")
    return {"miss": kind, "number": link.entry, "text": around}


# ----------------------------------------------------------------------------------------------------------- printing


def _totals(scores: Sequence[Score]) -> Iterator[Score]:
    for style in dict.fromkeys(score.style for score in scores):
        group = [score for score in scores if score.style == style]
        yield _sum(f"all {len(group)}", style, group)
    if len({score.style for score in scores}) > 1:
        yield _sum(f"all {len(scores)}", "all styles", scores)


def _sum(name: str, style: str, scores: Sequence[Score]) -> Score:
    linked = [score.links for score in scores if score.links is not None]
    names = dict.fromkeys(name for score in scores for name in score.fields)
    return Score(
        name=name,
        style=style,
        entries=_add(score.entries for score in scores),
        links=_add(linked) if linked else None,
        fields={name: _add(score.fields.get(name, Count()) for score in scores) for name in names},
        parsing_s=sum(score.parsing_s for score in scores),
        plain_s=sum(score.plain_s for score in scores),
    )


def _add(counts: Iterable[Count]) -> Count:
    return sum(counts, Count())


def _row(score: Score) -> tuple[object, ...]:
    links = score.links
    return (
        score.name,
        score.style,
        f"{score.entries.recall:.3f}",
        f"{score.entries.precision:.3f}",
        *((f"{links.recall:.3f}", f"{links.precision:.3f}", f"{links.f1:.3f}") if links else ("", "", "")),
        *(f"{score.fields[name].recall:.2f}" if name in score.fields else "" for name in _FIELDS),
        f"{score.parsing_s / score.plain_s:.1f}" if score.plain_s else "",
    )


def _as_json(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "style": score.style,
        "entries": _count_json(score.entries),
        "links": score.links and _count_json(score.links),
        "fields": {name: _count_json(count) for name, count in score.fields.items()},
        "parsing_s": round(score.parsing_s, 3),
        "plain_s": round(score.plain_s, 3),
        "misses": score.misses,
    }


def _count_json(count: Count) -> dict[str, Any]:
    figures = {"recall": round(count.recall, 4), "precision": round(count.precision, 4), "f1": round(count.f1, 4)}
    return {"right": count.right, "gold": count.gold, "ours": count.ours, **figures}
