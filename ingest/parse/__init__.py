"""One module for each file format, all behind one function: bytes in, Document out."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath

from index.errors import UnreadableDocument
from index.records import Document, Finding

# Each module is imported when the first file of its kind comes: PDF libraries cost start-up time.
PARSERS = {
    ".txt": "ingest.parse.text",
    ".md": "ingest.parse.text",
    ".markdown": "ingest.parse.text",
    ".pdf": "ingest.parse.pdf",
    ".html": "ingest.parse.html",
    ".htm": "ingest.parse.html",
    ".docx": "ingest.parse.docx",
}


def can_parse(source: str) -> bool:
    """Whether a file's suffix is one that Pincite reads."""
    return PurePosixPath(source).suffix.lower() in PARSERS


def parse(content: bytes, source: str) -> tuple[Document, tuple[Finding, ...]]:
    """Parse a file by its suffix; ``source`` is its posix path inside the corpus.

    Raises:
        UnreadableDocument: no parser for the suffix, or the bytes are not what the suffix says.
    """
    suffix = PurePosixPath(source).suffix.lower()
    module = PARSERS.get(suffix)
    if module is None:
        raise UnreadableDocument(
            f"{source!r} has the suffix {suffix!r}; expected one of {', '.join(sorted(PARSERS))}.",
            hint="Convert the file, or rename it if its suffix is wrong.",
        )
    document, findings = import_module(module).parse(content, source)
    return document, findings
