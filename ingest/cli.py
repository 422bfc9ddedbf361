"""The commands that read reports: ingest, references, markers, check, evaluate."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.errors import PinciteError, UnknownReference
from index.generation import Progress
from index.records import CitedDocument, Finding, Reference
from index.settings import Settings
from index.terminal import place_of, print_json_lines, print_table, progress_bar, show_finding
from ingest.parse import can_parse
from ingest.pipeline import ingest_folder, parse_limits
from ingest.workers import Job, Parsed, parse_files


def ingest(arguments: Namespace) -> int:
    """``pincite ingest DIR``."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    settings = Settings() if arguments.device is None else Settings(device=arguments.device)
    started = time.monotonic()
    if arguments.events:
        result = ingest_folder(arguments.folder, settings, progress=_print_event(started))
        print_json_lines({"event": "finding", **show_finding(finding)} for finding in result.findings)
    else:
        with progress_bar("Indexing") as bar:
            task = bar.add_task("documents", total=None)

            def show(files: int, done: Progress) -> None:
                bar.update(task, total=files, completed=done.documents, description=f"{done.passages} passages, documents")

            result = ingest_folder(arguments.folder, settings, progress=show)
    published = result.published
    summary = {
        "generation": published.generation_id,
        "changed": published.changed,
        "files": result.files,
        **published.manifest.counts,
        "parsed": result.parsed,
        "kept": result.kept,
        "embedded": published.progress.embedded,
        "reused": published.progress.reused,
        "seconds": round(time.monotonic() - started, 2),
    }
    if arguments.events:
        print_json_lines([{"event": "published" if published.changed else "unchanged", **summary}])
    elif arguments.json:
        print_json_lines([{**summary, "findings": [show_finding(finding) for finding in result.findings]}])
    else:
        _say_ingested(summary, result.findings)
    return 0


def _print_event(started: float) -> Callable[[int, Progress], None]:
    def show(files: int, done: Progress) -> None:
        spent = time.monotonic() - started
        left = spent / done.documents * (files - done.documents) if done.documents else None
        event = {"event": "progress", "stage": "documents", "done": done.documents, "total": files}
        print(json.dumps({**event, "passages": done.passages, "seconds_left": left and round(left, 1)}), flush=True)

    return show


def _say_ingested(summary: dict[str, Any], findings: Sequence[Finding]) -> None:
    if findings:
        print_table(("file", "finding", "what"), ((one.source, one.code, one.message) for one in findings))
    if summary["changed"]:
        print(
            f"Published generation {summary['generation']}: {summary['documents']} documents, "
            f"{summary['passages']} passages, {summary['reference_passages']} references "
            f"({summary['embedded']} texts embedded, {summary['reused']} taken over) in {summary['seconds']} s."
        )
    else:
        print(f"Nothing changed: generation {summary['generation']} stays published.")


def references(arguments: Namespace) -> int:
    """``pincite references SOURCE [NUMBER]``."""
    cited = _read_source(arguments.source)
    entries = [one for one in cited.references if arguments.number in {None, one.number}]
    if arguments.number is not None and not entries:
        raise UnknownReference(
            f"{cited.document.source!r} has no reference {arguments.number}; it has {len(cited.references)} entries.",
            hint=f"Run: pincite references {arguments.source}",
        )
    if arguments.format:
        from ingest.export import to_bibtex, to_csl_json

        print(to_bibtex(entries) if arguments.format == "bibtex" else to_csl_json(entries))
    elif arguments.json:
        print_json_lines(dataclasses.asdict(entry) for entry in entries)
    else:
        print_table(("number", "authors", "title", "year", "where"), map(_reference_row, entries))
    return 0


def _reference_row(entry: Reference) -> tuple[object, ...]:
    title = entry.title or (entry.quote and f"“{entry.quote}”") or ("" if entry.url else entry.raw)
    return entry.label or entry.number, ", ".join(entry.authors), title, entry.year, entry.url or entry.doi


def markers(arguments: Namespace) -> int:
    """``pincite markers SOURCE``."""
    cited = _read_source(arguments.source)
    if arguments.json:
        print_json_lines(
            {
                "start": marker.span.start,
                "end": marker.span.end,
                "raw": marker.raw,
                "numbers": marker.numbers,
                "style": marker.style,
                "bibliography": marker.bibliography,
                "unresolved": marker.unresolved,
            }
            for marker in cited.markers
        )
    else:
        rows = ((one.span.start, one.raw, ", ".join(map(str, one.numbers))) for one in cited.markers)
        print_table(("at", "marker", "numbers"), rows)
    return 0


def check(arguments: Namespace) -> int:
    """``pincite check FILE|DIR``: every finding with its place; 1 with ``--strict`` when there is any."""
    from ingest.check import check_file
    from ingest.corpus import read_corpus

    files, findings = read_corpus(arguments.path)
    settings = Settings()
    found = list(findings)
    jobs = (Job(source=file.source, path=file.path) for file in files)
    with progress_bar("Checking") as bar:
        results = parse_files(jobs, check_file, limits=parse_limits(settings), workers=settings.workers)
        for result in bar.track(results, total=len(files), description="files"):
            found.extend(result.value or () if result.error is None else (_as_finding(result),))
    if arguments.json:
        print_json_lines(map(show_finding, found))
    elif found:
        print_table(("file", "where", "finding", "what"), ((one.source, place_of(one), one.code, one.message) for one in found))
    if not arguments.json:
        print(f"{len(files)} files checked, {len(found)} findings.", file=sys.stderr)
    return 1 if found and arguments.strict else 0


def _as_finding(result: Parsed[Any]) -> Finding:
    assert result.error is not None
    return Finding(code=result.error.code, message=f"{result.error.message} {result.error.hint}", source=result.job.source)


def _read_source(source: str) -> CitedDocument:
    """A file, parsed on the spot, or an indexed document by its source or id."""
    path = Path(source)
    if path.is_file() and can_parse(path.name):
        from ingest.reading import read_document

        settings = Settings()
        job = Job(source=path.name, path=path)
        result = next(iter(parse_files([job], read_document, limits=parse_limits(settings), workers=1)))
        if result.value is None:
            assert result.error is not None
            raise result.error
        return result.value
    return _read_indexed(source, path)


def _read_indexed(source: str, path: Path) -> CitedDocument:
    from contextlib import closing

    from index.errors import UnreadableDocument
    from index.reader import open_generation

    try:
        with closing(open_generation(Settings().home)) as generation:
            return generation.cited_document(source)
    except PinciteError as error:
        if path.is_file():
            raise UnreadableDocument(
                f"{source!r} has a suffix that is not read as a report.", hint="Give a .txt, .md, .html, .docx or .pdf file."
            ) from error
        raise


def evaluate(arguments: Namespace) -> int:
    """``pincite evaluate``: question sets, citations against gold, or two saved runs compared."""
    from ingest import evaluation

    if arguments.compare:
        evaluation.print_comparison(*arguments.compare)
    if arguments.citations:
        from ingest.scoring import print_citation_scores

        print_citation_scores(arguments.citations, json_lines=arguments.json)
    if arguments.sets:
        evaluation.print_evaluations(arguments.sets, Settings(), json_lines=arguments.json)
    return 0

