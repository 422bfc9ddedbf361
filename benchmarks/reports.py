"""Folders of Markdown reports for ingestion: sections of real text, each citing a source of its report's list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.material import Section

SECTIONS = 10
SOURCES = 2


def write_reports(folder: Path, sections: Sequence[Section]) -> None:
    """Ten sections a report; a folder that stands already has to be the same one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, len(sections), SECTIONS)):
        text = make_report(number, sections[first : first + SECTIONS])
        (folder / f"report-{number:05}.md").write_text(text, "utf-8")


def make_report(number: int, sections: Sequence[Section]) -> str:
    """A title, a heading for each section, its text with a marker, then the list of sources."""
    body = "\n\n".join(
        f"## {section.title}\n\n{section.text} [{1 + place % SOURCES}]" for place, section in enumerate(sections)
    )
    sources = "\n".join(
        f'[{n}] A. Author, "Source {number}.{n}," 2025. https://example.org/{number}/{n}' for n in range(1, SOURCES + 1)
    )
    return f"# Report {number}\n\n{body}\n\n## References\n\n{sources}\n"
