"""Sentence-window passages of a report: what the trained models see in place of the product's own passages.

The product makes passages in the same manner (whole sentences, one overlapping, headings in front); this module
keeps training independent of the ingest packages and runs on a machine that has only torch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WINDOW_TOKENS = 120
HEADING = re.compile(r"^(?:#{1,6}\s+(.+)|(\d+(?:\.\d+)*\.?\s+[A-Z][^.!?]{2,70}))$")
# "[3, 4]", "[[wired.com](#)<sup>21</sup>]", "[huggingface.co<sup>1</sup>]"
MARKER = re.compile(
    r"\[[^\[\]]*<sup>[^\]]*\]|\[\[[^\]]*\]\([^)]*\)<sup>\d+</sup>\]|\[\d+(?:\s*[,;–-]\s*\d+)*\]|<sup>\d+</sup>"
)
SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"'”’)\]]*(?:\s*\[[^\]]{1,60}\])*\s+(?=[\"'“‘(\[*-]*[A-Z0-9])|\n+(?=\s*(?:[-*•]|\d+\.)\s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Whole sentences of a document: half-open code-point span and the cleaned text with the headings in front."""

    start: int
    end: int
    text: str


def clean(text: str) -> str:
    """Text without markers, emphasis, URLs and doubled blanks."""
    text = MARKER.sub("", text)
    text = re.sub(r"<?https?://[^\s>)]+>?", "", text)
    text = re.sub(r"[*_`|\\]+", "", text)
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s+", " ", text)).strip()


def make_windows(text: str, end: int, count: Callable[[str], int]) -> list[Window]:
    """Windows of ``text[:end]`` with at most ``WINDOW_TOKENS`` by ``count``; a longer sentence stands alone."""
    windows: list[Window] = []
    for path, sentences in _sections(text, end):
        costs = [count(clean(text[start:stop])) for start, stop in sentences]
        first = 0
        while first < len(sentences):
            last, total = first, costs[first]
            while last + 1 < len(sentences) and total + costs[last + 1] <= WINDOW_TOKENS:
                last += 1
                total += costs[last]
            start, stop = sentences[first][0], sentences[last][1]
            body = clean(text[start:stop])
            if body:
                windows.append(Window(start=start, end=stop, text=". ".join([*path[-2:], body])))
            if last + 1 >= len(sentences):
                break
            # One sentence of overlap, unless the window is that one sentence.
            first = last if last > first else last + 1
    return windows


def _sections(text: str, end: int) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
    path: list[tuple[int, str]] = []
    sentences: list[tuple[int, int]] = []
    for match in re.finditer(r"(?:.+\n?)+", text[:end]):
        lines = match.group().strip("\n")
        heading = HEADING.match(lines) if "\n" not in lines else None
        if heading is None:
            sentences.extend(_sentences(text, match.start(), match.end()))
            continue
        if sentences:
            yield [title for _, title in path], sentences
            sentences = []
        level = len(lines) - len(lines.lstrip("#")) or 1 + lines.split()[0].rstrip(".").count(".")
        path = [entry for entry in path if entry[0] < level] + [(level, clean(lines.lstrip("# ")))]
    if sentences:
        yield [title for _, title in path], sentences


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        if text[begin : match.end()].strip():
            yield begin, match.end()
        begin = match.end()
    if text[begin:end].strip():
        yield begin, end
