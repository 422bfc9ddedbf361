"""Answers without a language model: the sentences that answer, verbatim, each with the references that support it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.analysis import analyse
from index.entry_answer import answer_from_entries
from index.grounding import Grounding
from index.lookup import Found, Lookup, find_entries, read_lookup
from index.reader import Generation
from index.records import (
    Answer,
    AnswerStatus,
    Hit,
    Passage,
    Sentence,
    Span,
    Statement,
)
from index.search import search, search_vector
from index.support import supporting_markers

READ_DEPTH = 3  # returned passages, at most, whose sentences are weighed for the answer
MOST_STATEMENTS = 3
NEARLY_AS_GOOD = 0.92  # a further sentence joins the answer when its score is at least this share of the best
# Where a confidence counts as an answer. The confidence is a plain mean of how close the best sentence is and how many of
# the question's words its passage holds; it is not calibrated and does not tell a near miss from an answer. Of 206
# questions over cited web reports 5 % of the answerable ones lie below 0.3, and 37 of 50 questions on other subjects.
ANSWERED_FROM = 0.45
PARTIAL_FROM = 0.3
_STOP_WORDS = frozenset(
    term
    for term in analyse(
        "a an and are as at be been but by can could did do does for from had has have how in into is it its many much of "
        "on or that the their them there these they this those to was were what when where which who whom whose why will "
        "with would you your we our i me my about say says said report reports tell give please"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    passage: Passage
    sentence: Sentence
    text: str
    score: float


def answer(generation: Generation, question: str, *, k: int = 5, documents: Sequence[str] = ()) -> Answer:
    """Answer a question from a generation; ``documents`` (ids or sources) narrows it, ``k`` passages are returned.

    Raises:
        UnknownDocument: one of ``documents`` is not indexed.
    """
    clock = _Clock()
    wanted = tuple(documents) or None
    lookup = read_lookup(question)
    if lookup is not None:
        found = find_entries(generation, lookup, wanted)
        if found.references or found.without:
            return _about_entries(generation, question, lookup, found, k, clock, wanted)
    (query,) = generation.encoder.queries([question])
    clock.lap("embed")
    hits = search_vector(generation, question, query, k=k, documents=wanted)
    clock.lap("search")
    candidates = _weigh(generation, question, query, hits[:READ_DEPTH])
    clock.lap("read")
    return _compose(generation, question, hits, candidates, clock)


def _about_entries(
    generation: Generation,
    question: str,
    lookup: Lookup,
    found: Found,
    k: int,
    clock: _Clock,
    documents: Sequence[str] | None,
) -> Answer:
    entries = answer_from_entries(generation, lookup, found, k)
    hits = entries.hits or search(generation, question, k=k, documents=documents)
    clock.lap("search")
    grounding = Grounding(generation)
    evidence = tuple(map(grounding.evidence, hits))
    return Answer(
        question=question,
        status="answered" if entries.text else "not_in_corpus",
        confidence=entries.confidence,
        text=entries.text,
        statements=entries.statements,
        evidence=evidence,
        references=grounding.references(entries.statements, evidence),
        warnings=(*entries.warnings, *grounding.warnings(evidence)),
        timing_ms=clock.total(),
    )


def _compose(
    generation: Generation, question: str, hits: Sequence[Hit], candidates: Sequence[_Candidate], clock: _Clock
) -> Answer:
    confidence = _confidence(question, candidates)
    status: AnswerStatus = (
        "answered" if confidence >= ANSWERED_FROM else "partial" if confidence >= PARTIAL_FROM else "not_in_corpus"
    )
    chosen = [] if status == "not_in_corpus" else _choose(candidates)
    grounding = Grounding(generation)
    statements, text = _statements(generation, grounding, chosen)
    evidence = tuple(map(grounding.evidence, hits))
    return Answer(
        question=question,
        status=status,
        confidence=confidence,
        text=text,
        statements=statements,
        evidence=evidence,
        references=grounding.references(statements, evidence),
        warnings=tuple(grounding.warnings(evidence)),
        timing_ms=clock.total(),
    )


# ------------------------------------------------------------------------------------------------- sentences weighed


def _weigh(generation: Generation, question: str, query: np.ndarray, hits: Sequence[Hit]) -> list[_Candidate]:
    """Every sentence of the best passages with its score in [0, 1], best first: cosine and shared words, half each."""
    terms = _content_terms(question)
    seen: dict[tuple[str, Span], _Candidate] = {}
    for hit in hits:
        passage = hit.passage
        sentences, texts, vectors = generation.embedded_sentences(passage)
        cosines = np.clip(vectors @ query, 0.0, 1.0).tolist()
        for sentence, text, cosine in zip(sentences, texts, cosines, strict=True):
            score = (cosine + _coverage(terms, text)) / 2
            candidate = _Candidate(passage=passage, sentence=sentence, text=text, score=score)
            seen.setdefault((passage.doc_id, sentence.span), candidate)
    return sorted(seen.values(), key=lambda one: (-one.score, one.passage.doc_id, one.sentence.span))


def _content_terms(question: str) -> tuple[str, ...]:
    return tuple(term for term in dict.fromkeys(analyse(question)) if term not in _STOP_WORDS)


def _coverage(terms: Sequence[str], text: str) -> float:
    present = set(analyse(text))
    return sum(term in present for term in terms) / len(terms) if terms else 0.0


def _confidence(question: str, candidates: Sequence[_Candidate]) -> float:
    if not candidates:
        return 0.0
    best = candidates[0]
    around = " ".join(one.text for one in candidates if one.passage.passage_id == best.passage.passage_id)
    return round((best.score + _coverage(_content_terms(question), around)) / 2, 4)


def _choose(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    enough = candidates[0].score * NEARLY_AS_GOOD
    best = [one for one in candidates[:MOST_STATEMENTS] if one.score >= enough]
    order = {one.passage.doc_id: place for place, one in reversed(list(enumerate(best)))}
    return sorted(best, key=lambda one: (order[one.passage.doc_id], one.sentence.span))


def _statements(
    generation: Generation, grounding: Grounding, chosen: Iterable[_Candidate]
) -> tuple[tuple[Statement, ...], str | None]:
    statements: list[Statement] = []
    text = ""
    for one in chosen:
        start = len(text) + (1 if text else 0)
        text = f"{text} {one.text}" if text else one.text
        doc_id, span = one.passage.doc_id, one.sentence.span
        statements.append(
            Statement(
                start=start,
                end=len(text),
                passage_id=one.passage.passage_id,
                doc_id=doc_id,
                source=span,
                references=grounding.resolve(doc_id, supporting_markers(generation, doc_id, span)),
            )
        )
    return tuple(statements), text or None


class _Clock:
    """Milliseconds of each part since the one before."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._parts: dict[str, float] = {}

    def lap(self, part: str) -> None:
        now = time.perf_counter()
        self._parts[part] = round((now - self._last) * 1000, 2)
        self._last = now

    def total(self) -> dict[str, float]:
        return {**self._parts, "total": round((time.perf_counter() - self._started) * 1000, 2)}
