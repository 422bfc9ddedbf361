"""From a folder of reports to a published generation: each changed file read once, each new text embedded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from index.embed import Embedder, open_embedder
from index.errors import PinciteError
from index.generation import Progress, Published, write_generation
from index.manifest import embedder_key
from index.reader import Generation, open_generation
from index.records import CitedDocument, Finding, Passage
from index.settings import Settings
from ingest.corpus import CorpusFile, read_corpus
from ingest.passages import PASSAGES_VERSION, PassageParameters, make_passages
from ingest.reading import READING_VERSION, read_document
from ingest.workers import Job, Limits, Parsed, parse_files

__all__ = ["IngestResult", "ingest_folder", "parse_limits", "read_document"]

Built = tuple[CitedDocument, tuple[Passage, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What a run did. ``parsed`` files were read anew, ``kept`` ones taken over from the generation before."""

    published: Published
    files: int
    parsed: int
    kept: int
    findings: tuple[Finding, ...]


def ingest_folder(
    folder: Path,
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    progress: Callable[[int, Progress], None] | None = None,
) -> IngestResult:
    """Index every report below ``folder`` and publish the generation; ``progress`` gets (files, progress so far).

    Raises:
        BadInput: there is no such folder, or no file in it can be indexed.
        ModelUnavailable, BuildInProgress, StorageFailed, CorpusChanged: as their texts say; the current generation
            stays as it was.
    """
    files, findings = read_corpus(folder)
    embedder = embedder or open_embedder(settings.model, device=settings.device)
    parameters = PassageParameters(tokens=settings.passage_tokens, overlap=settings.passage_overlap)
    run = _Run(files, settings, embedder, parameters, list(findings))
    published = write_generation(
        settings.home,
        run.documents(),
        embedder=embedder,
        sources={file.source: file.sha256 for file in files},
        parameters=recorded_parameters(parameters),
        findings=run.findings,
        progress=(lambda done: progress(len(files), done)) if progress else None,
    )
    return IngestResult(
        published=published, files=len(files), parsed=run.parsed, kept=run.kept, findings=tuple(run.findings)
    )


def recorded_parameters(parameters: PassageParameters) -> Mapping[str, object]:
    """What the manifest records of how documents are read and cut."""
    return {
        "reading": READING_VERSION,
        "passages": PASSAGES_VERSION,
        "passage_tokens": parameters.tokens,
        "passage_overlap": parameters.overlap,
    }


class _Run:
    """One pass over the files, in their order; counts what was read and what was kept."""

    def __init__(
        self,
        files: Sequence[CorpusFile],
        settings: Settings,
        embedder: Embedder,
        parameters: PassageParameters,
        findings: list[Finding],
    ) -> None:
        self.findings = findings
        self.parsed = 0
        self.kept = 0
        self._files = files
        self._settings = settings
        self._embedder = embedder
        self._parameters = parameters

    def documents(self) -> Iterator[Built]:
        """Every readable document with its passages; what cannot be read is added to ``findings``."""
        with ExitStack() as stack:
            previous = _previous(self._settings.home)
            if previous is not None:
                stack.callback(previous.close)
            known = _known_documents(previous)
            fresh = [file for file in self._files if file.sha256[:16] not in known]
            results = parse_files(
                (Job(source=file.source, path=file.path) for file in fresh),
                read_document,
                limits=parse_limits(self._settings),
                workers=self._settings.workers,
            )
            stack.callback(results.close)
            for file in self._files:
                if file.sha256[:16] in known:
                    assert previous is not None
                    yield self._keep(previous, file)
                elif (built := self._read(next(results))) is not None:
                    yield built

    def _keep(self, previous: Generation, file: CorpusFile) -> Built:
        self.kept += 1
        doc_id = file.sha256[:16]
        cited = _renamed(previous.cited_document(doc_id), file.source)
        same_cut = {**previous.manifest.parameters} == {**recorded_parameters(self._parameters)} and embedder_key(
            previous.manifest.embedder
        ) == embedder_key(self._embedder.identity)
        return cited, previous.passages_of(doc_id) if same_cut else self._cut(cited)[1]

    def _read(self, result: Parsed[CitedDocument]) -> Built | None:
        if result.value is None:
            error = result.error
            assert error is not None
            message = f"Not indexed: {error.message} {error.hint}"
            self.findings.append(Finding(code=error.code, message=message, source=result.job.source))
            return None
        self.parsed += 1
        return self._cut(result.value)

    def _cut(self, cited: CitedDocument) -> Built:
        embedder = self._embedder
        passages, findings = make_passages(cited, self._parameters, embedder.count_tokens, embedder.max_tokens)
        return replace(cited, findings=(*cited.findings, *findings)), passages


def parse_limits(settings: Settings) -> Limits:
    """What parsing one file may cost."""
    return Limits(
        time_s=settings.parse_time_s,
        memory_bytes=settings.parse_memory_mb * 2**20,
        file_bytes=settings.parse_file_mb * 2**20,
    )


def _previous(home: Path) -> Generation | None:
    try:
        return open_generation(home)
    except PinciteError:
        return None


def _known_documents(previous: Generation | None) -> frozenset[str]:
    """The documents that need not be parsed again: those read before, if reading still works the same way."""
    if previous is None or previous.manifest.parameters.get("reading") != READING_VERSION:
        return frozenset()
    return frozenset(summary.doc_id for summary in previous.documents())


def _renamed(cited: CitedDocument, source: str) -> CitedDocument:
    if cited.document.source == source:
        return cited
    findings = tuple(replace(finding, source=source) for finding in cited.findings)
    return replace(cited, document=replace(cited.document, source=source), findings=findings)
