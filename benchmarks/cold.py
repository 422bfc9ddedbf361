"""Cold start: from the start of the server's process to its first answer over HTTP, the index built already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.systems import NAMES, ROOT, build, first_answer, serving

QUESTION = "How much did it cost to train DeepSeek-V3?"


def measure(work: Path, rounds: int) -> dict[str, Any]:
    """Seconds of each round over the two reports in corpus/, the systems in turn; one start of each is not counted."""
    corpus = ROOT / "corpus"
    passages = build(corpus, work)
    seconds: dict[str, list[float]] = {name: [] for name in NAMES}
    for turn in range(rounds + 1):
        for name in NAMES[:: 1 if turn % 2 else -1]:
            with serving(name, corpus, work, work / f"{name}.log") as server:
                taken = first_answer(server, QUESTION)
            if turn:
                seconds[name].append(taken)
    return {"passages": passages, "seconds": seconds}
