"""What is read from ``../shared``: the development sets to judge on, and the examples to train on."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.windows import Window, make_windows

# Never trained on: scifact by its licence, the others so that they stay a clean measure.
CLEAN_SETS = ("scifact", "product_docs", "chunking_eval", "reports")
TUNING_SETS = ("squad2", "clapnq", "expertqa", "research")
FOLDS = 3
MAX_CHARS = 2000
WRITTEN = Path(__file__).parent / "questions"
# Longer than what the model reads anyway; the rest of a 30,000-character page is never seen.


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question of a development set. ``gold`` maps a passage's place in the set to its grade (1 or more).

    ``needs`` lists groups of passages: each group must be met (a question on two reports needs one passage of
    both). ``group`` is the document to split by. ``spans`` are accepted short answers.
    """

    query_id: str
    text: str
    group: str
    kind: str
    answerable: bool
    gold: dict[int, int]
    needs: tuple[frozenset[int], ...] = ()
    look_alikes: tuple[int, ...] = ()
    spans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSet:
    """Passages and judged questions."""

    name: str
    passages: tuple[str, ...]
    queries: tuple[Query, ...]
    owners: tuple[str, ...] = ()
    """The group that each passage belongs to, as in ``Query.group``."""
    extra: tuple[Query, ...] = ()
    """Questions to learn from, on the same passages, which nothing is judged on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A training question: passages that answer it and passages known not to. ``answers`` are short forms."""

    query: str
    positives: tuple[str, ...]
    negatives: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    source: str = ""
    group: str = ""
    answerable: bool = True


def make_folds(sets: dict[str, RetrievalSet], folds: int) -> dict[tuple[str, str], int]:
    """``(set, document) -> fold``: the documents of each set dealt out in turn, the largest first."""
    dealt: dict[tuple[str, str], int] = {}
    for name in TUNING_SETS:
        sizes = Counter(query.group for query in sets[name].queries)
        loads = [0] * folds
        for group in sorted(sizes, key=lambda group: (-sizes[group], zlib.crc32(group.encode()))):
            fold = loads.index(min(loads))
            dealt[name, group] = fold
            loads[fold] += sizes[group]
    return dealt


def fold_passages(sets: dict[str, RetrievalSet], folds: int) -> list[list[str]]:
    """For each fold the passages of the tuning sets that its questions may take for negatives.

    These are the passages of the fold's own documents and those that no question belongs to. A passage of another
    fold would be pushed away by a model that is later judged on it.
    """
    dealt = make_folds(sets, folds)
    pools: list[list[str]] = [[] for _ in range(folds)]
    for name in TUNING_SETS:
        data = sets[name]
        of = [{dealt[name, owner]} if (name, owner) in dealt else set() for owner in data.owners]
        for query in data.queries:
            for at in (*query.gold, *query.look_alikes):
                of[at].add(dealt[name, query.group])
        for text, found in zip(data.passages, of, strict=True):
            for fold in range(folds):
                if found <= {fold}:
                    pools[fold].append(text)
    return pools


def read_sets(shared: Path, count: Callable[[str], int]) -> dict[str, RetrievalSet]:
    """Every development set; ``count`` gives the tokens of a text (for the windows of the reports)."""
    sets = {
        name: _read_folder(shared / "devsets" / name, name)
        for name in ("scifact", "squad2", "clapnq", "expertqa", "product_docs")
    }
    sets["chunking_eval"] = _read_chunking(shared / "devsets" / "chunking_eval", count)
    sets["research"] = _read_questions(
        "research",
        shared / "questions" / "research_reports.dev.jsonl",
        shared / "devsets" / "reports",
        count,
        WRITTEN / "report_questions.jsonl",
    )
    sets["reports"] = _read_questions("reports", shared / "questions" / "reports.dev.jsonl", shared / "reports", count)
    return sets


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file, gzipped or not."""
    zipped = path.with_name(path.name + ".gz")
    with gzip.open(zipped, "rt", encoding="utf-8") if zipped.exists() else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _read_folder(folder: Path, name: str) -> RetrievalSet:
    rows = list(read_lines(folder / "corpus.jsonl"))
    place = {row["_id"]: at for at, row in enumerate(rows)}
    gold: dict[str, dict[int, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query_id, passage_id, grade = line.split("\t")
        gold.setdefault(query_id, {})[place[passage_id]] = int(grade)
    queries = []
    for row in read_lines(folder / "queries.jsonl"):
        meta = row.get("metadata", {})
        source = meta.get("source_passage")
        answerable = bool(meta.get("answerable", True))
        marks = gold.get(row["_id"], {})
        queries.append(
            Query(
                query_id=row["_id"],
                text=row["text"],
                # squad2 splits by article ("Huguenot#000"), clapnq by passage.
                group=source.split("#")[0] if source else row["_id"],
                kind="answerable" if answerable else "unanswerable",
                answerable=answerable,
                gold=marks,
                needs=(frozenset(marks),) if marks else (),
                look_alikes=(place[source],) if source and not answerable else (),
                spans=tuple(a["text"] for a in meta.get("answers", []) if isinstance(a, dict)),
            )
        )
    return RetrievalSet(
        name=name,
        passages=tuple(_titled(row) for row in rows),
        queries=tuple(queries),
        owners=tuple(row["_id"].split("#")[0] for row in rows),
    )


def _titled(row: dict[str, Any]) -> str:
    title, text = row.get("title", ""), row["text"]
    return text if not title or text.startswith(title) else f"{title}. {text}"


def _read_chunking(folder: Path, count: Callable[[str], int]) -> RetrievalSet:
    passages: list[str] = []
    spans: dict[str, list[tuple[str, int, int]]] = {}
    places: dict[str, list[tuple[int, Window]]] = {}
    for row in read_lines(folder / "corpus.jsonl"):
        windows = make_windows(row["text"], len(row["text"]), count)
        places[row["_id"]] = list(enumerate(windows, len(passages)))
        passages.extend(window.text for window in windows)
    for row in read_lines(folder / "spans.jsonl"):
        spans.setdefault(row["query_id"], []).append((row["doc_id"], row["start"], row["end"]))
    queries = []
    for row in read_lines(folder / "queries.jsonl"):
        needs = tuple(frozenset(_holders(places[doc], start, end)) for doc, start, end in spans[row["_id"]])
        queries.append(
            Query(
                query_id=row["_id"],
                text=row["text"],
                group=row["metadata"]["doc"],
                kind="answerable",
                answerable=True,
                gold={at: 1 for need in needs for at in need},
                needs=needs,
            )
        )
    return RetrievalSet(name="chunking_eval", passages=tuple(passages), queries=tuple(queries))


def _holders(places: list[tuple[int, Window]], start: int, end: int) -> list[int]:
    """Windows that hold the span whole; if none does, the one that holds most of it."""
    shares = [(min(end, window.end) - max(start, window.start), at) for at, window in places]
    whole = [at for share, at in shares if share >= 0.98 * (end - start)]
    return whole or [max(shares)[1]]


def _read_questions(
    name: str, path: Path, folder: Path, count: Callable[[str], int], written: Path | None = None
) -> RetrievalSet:
    rows = [row for row in read_lines(path) if "bib_lookup" not in row["tags"]]
    passages: list[str] = []
    places: dict[str, list[tuple[int, Window]]] = {}
    for file in sorted([*folder.glob("*.md"), *folder.glob("*.txt")]):
        text = file.read_text(encoding="utf-8")
        # The Chinese reports have no questions and the models read English.
        if len(re.findall(r"[\u4e00-\u9fff]", text)) > len(text) / 10:
            continue
        windows = make_windows(text, _body_end(file, text), count)
        places[file.name] = list(enumerate(windows, len(passages)))
        passages.extend(window.text for window in windows)
    return RetrievalSet(
        name=name,
        passages=tuple(passages),
        queries=tuple(_question(row, places) for row in rows),
        owners=tuple(file for file, held in places.items() for _ in held),
        extra=tuple(_written_question(at, row, places) for at, row in enumerate(read_lines(written)))
        if written
        else (),
    )


def _body_end(file: Path, text: str) -> int:
    gold = file.with_suffix(".gold.json")
    if gold.exists():
        return int(json.loads(gold.read_text(encoding="utf-8"))["bibliography_start"])
    match = re.search(r"^References$|^- <sup>1</sup> <", text, re.MULTILINE)
    return match.start() if match else len(text)


def _question(row: dict[str, Any], places: dict[str, list[tuple[int, Window]]]) -> Query:
    held = [frozenset(_holders(places[e["doc"]], e["char_start"], e["char_end"])) for e in row["evidence"]]
    either = row["evidence_mode"] == "any"
    needs = (frozenset().union(*held),) if either and held else tuple(held)
    look = [_holders(places[e["doc"]], e["char_start"], e["char_end"])[0] for e in row.get("look_alike", [])]
    span = row.get("answer_span")
    documents = row["doc"] if isinstance(row["doc"], list) else [row["doc"]]
    return Query(
        query_id=row["id"],
        text=row["question"],
        group=row.get("source") or (documents[0] if documents else row["id"]),
        kind=row["kind"] if row["answerable"] else (row["tags"] or ["unanswerable"])[0],
        answerable=row["answerable"],
        gold={at: 1 for need in needs for at in need},
        needs=needs,
        look_alikes=tuple(look),
        spans=(span["text"],) if span else (),
    )


def _written_question(at: int, row: dict[str, Any], places: dict[str, list[tuple[int, Window]]]) -> Query:
    held = _holders(places[row["doc"]], row["start"], row["end"])
    answer = row["answer"]
    return Query(
        query_id=f"written-{at}",
        text=row["question"],
        group=row["doc"],
        kind="written",
        answerable=bool(answer),
        gold=dict.fromkeys(held, 1) if answer else {},
        needs=(frozenset(held),) if answer else (),
        look_alikes=() if answer else tuple(held),
        spans=(answer,) if answer else (),
    )


@dataclass(slots=True, kw_only=True)
class _Collected:
    positives: list[str] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    source: str = ""


# Spans only (one sentence, the question leans on it): of no use for ranking.
NOT_FOR_RANKING = ("qamr-sentence",)
# Templated questions ("What is (are) X ?") and lower-cased doubles: a part is enough.
CAPS = {"medquad": 6000, "squad1.1-train-sentence-lc": 6000, "nli": 8000}


def read_examples(shared: Path) -> list[Example]:
    """The training questions, the rows of one question joined, in the order of the files."""
    found: dict[str, _Collected] = {}
    taken: dict[str, int] = {}

    def entry(query: str, source: str) -> _Collected | None:
        base = source.split("/", maxsplit=1)[0]
        if query not in found:
            taken[base] = taken.get(base, 0) + 1
            if taken[base] > CAPS.get(base, 10**9):
                return None
            found[query] = _Collected(source=base)
        return found[query]

    for row in read_lines(shared / "training" / "qa.jsonl"):
        if row["source"] in NOT_FOR_RANKING:
            continue
        item = entry(row["question"], row["source"])
        if item is not None:
            text = _part(row)
            (item.positives if row["answerable"] else item.negatives).append(text)
            item.answers.extend(a["text"] for a in row["answers"] if len(a["text"]) <= 80)
    for row in read_lines(shared / "training" / "pairs.jsonl"):
        item = entry(row["query"], row["source"])
        if item is not None:
            item.positives.append(row["positive"][:MAX_CHARS])
            item.negatives.extend(text[:MAX_CHARS] for text in row["negatives"][:6])
    for row in read_lines(shared / "training" / "nli.jsonl"):
        # A claim and the sentence that settles it, for or against, belong together; multinli's do not ask anything.
        if row["source"].startswith("fever") and row["label"] != "not_enough":
            item = entry(row["hypothesis"], "nli")
            if item is not None:
                item.positives.append(row["premise"][:MAX_CHARS])
    return [
        Example(
            query=query,
            positives=_unique(item.positives),
            negatives=_unique(item.negatives),
            answers=_unique(item.answers),
            source=item.source,
        )
        for query, item in found.items()
        if item.positives
    ]


def read_written(shared: Path) -> list[Example]:
    """The questions written on passages of the training rows: ``answer`` stands in the passage, null: it has none."""
    asked = defaultdict(list)
    for row in read_lines(WRITTEN / "questions.jsonl"):
        asked[row["source"], row["id"]].append(row)
    examples = []
    for passage in read_lines(shared / "training" / "qa.jsonl"):
        for row in asked.pop((passage["source"], passage["id"]), ()):
            text, answer = (str(passage["passage"])[:MAX_CHARS],), row["answer"]
            examples.append(
                Example(
                    query=row["question"],
                    positives=text if answer else (),
                    negatives=() if answer else text,
                    answers=(answer,) if answer else (),
                    source="written",
                    answerable=bool(answer),
                )
            )
    if asked:
        raise ValueError(f"{len(asked)} passages are asked about that {shared} lacks, {next(iter(asked))} among them")
    return examples


def _part(row: dict[str, Any]) -> str:
    """The passage, or of a long one the part around the answer, so that what is read holds what was asked."""
    text = str(row["passage"])
    if len(text) <= 1400 or not row["answers"]:
        return text[:MAX_CHARS]
    at = row["answers"][0]["start"]
    begin = max(0, at - 600)
    begin = text.rfind(". ", 0, begin) + 2 if begin else 0
    return text[begin : begin + 1400]


def _unique(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def tuning_examples(sets: dict[str, RetrievalSet], keep: Callable[[str, str], bool]) -> list[Example]:
    """Examples of the development sets that may be trained on, of the ``(set, document)`` that ``keep`` accepts."""
    return [
        Example(
            query=query.text,
            positives=tuple(sets[name].passages[at] for at in query.gold),
            negatives=tuple(sets[name].passages[at] for at in query.look_alikes),
            answers=query.spans,
            source=name,
            group=query.group,
            answerable=query.answerable,
        )
        for name in TUNING_SETS
        for query in (*sets[name].queries, *sets[name].extra)
        if keep(name, query.group)
    ]
