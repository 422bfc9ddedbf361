"""Memory of a process with its children, as Linux accounts for it."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

FIELDS = {"Rss": "rss", "Pss": "pss", "Anonymous": "anonymous"}


def read_memory(pid: int | None = None) -> dict[str, int]:
    """Bytes: ``rss`` resident, ``pss`` the same with shared pages divided, ``anonymous`` without mapped files."""
    total: Counter[str] = Counter()
    for one in _family(os.getpid() if pid is None else pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines()[1:]
        values = dict(line.split(":", 1) for line in lines)
        total.update({name: int(values[field].split()[0]) * 1024 for field, name in FIELDS.items()})
    return dict(total)


def _family(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            children += map(int, (task / "children").read_text("ascii").split())
    return [pid, *(one for child in children for one in _family(child))]
