"""The terminal: tables and progress for people, JSON lines for programs; results on stdout, the rest on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

from index.records import Finding


def print_json_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, UTF-8 as it is."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as the terminal; cell text is shown as it is, never read as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console().print(table)


def show_finding(finding: Finding) -> dict[str, Any]:
    """A finding as JSON; its span as ``[start, end]``."""
    return dataclasses.asdict(finding)


def place_of(finding: Finding) -> str:
    """Where a finding is, for a person."""
    parts = [f"page {finding.page}" if finding.page else "", f"characters {finding.span[0]}-{finding.span[1]}" if finding.span else ""]
    return ", ".join(part for part in parts if part)


@contextmanager
def progress_bar(description: str) -> Iterator[Progress]:
    """A progress bar on stderr; nothing is drawn when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(f"{description} {{task.description}}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        yield progress
