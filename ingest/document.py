"""Making a ``Document``: its identity, its decoded text, and the lines and blocks that parsers share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from index.errors import UnreadableDocument
from index.records import Span

BOM = "\ufeff"


def make_doc_id(content: bytes) -> str:
    """The first 16 hex digits of the SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def decode_text(content: bytes, source: str) -> tuple[str, str]:
    """Decode a text file without changing a character; returns (text, encoding).

    UTF-8 first; UTF-16 by its byte order mark; Windows-1252 as the last resort for old files. A byte order mark stays
    out of the text. Line ends are kept as they are, so that offsets are offsets in the decoded file.

    Raises:
        UnreadableDocument: the bytes are not text (NUL bytes without a UTF-16 mark).
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in content:
        raise UnreadableDocument(
            f"{source!r} is not a text file: it holds NUL bytes (first at {content.index(0)}).",
            hint="Give it the suffix of its real format, or save it as UTF-8 text.",
        )
    try:
        return content.decode("utf-8").removeprefix(BOM), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def line_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The lines of ``text[start:end]`` as spans without their line ends."""
    end = len(text) if end is None else end
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield Span(start, stop - 1 if stop > start and text[stop - 1] == "\r" else stop)
        start = stop + 1


def trim(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
