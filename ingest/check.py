"""The health report of one file: everything that its citations, its text or the model's limit leave to be desired."""

from __future__ import annotations

from index.records import Finding
from ingest.reading import read_document


def check_file(content: bytes, source: str) -> tuple[Finding, ...]:
    """The findings of one file, in text order.

    Raises:
        UnreadableDocument: as ``read_document``.
    """
    cited = read_document(content, source)
    return tuple(sorted(cited.findings, key=lambda finding: finding.span or (0, 0)))
