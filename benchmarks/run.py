"""The benchmark: Pincite beside the script that people write first, in the same run on the same cores.

Run: make bench, and make bench-large for a million passages. docs/benchmarks.md says what is measured and how. The parts that are
asked for replace those in the JSON; what was measured before stays there.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from benchmarks import cold, ingestion, questions
from benchmarks.chart import draw, find_panels
from benchmarks.large import home_of
from benchmarks.machine import describe_machine
from benchmarks.systems import ROOT, run_module
from benchmarks.tables import show

PARTS = ("cold", "questions", "ingestion", "search")
CORES = 2  # what the figures of the documentation were measured on

Results = dict[str, Any]


def run_search(work: Path, size: int) -> Results:
    """A large generation built and searched, each in a process of its own."""
    cost = run_module("large", size, work)
    return {**cost, **run_module("searching", home_of(size, work), work)}


def measure(arguments: argparse.Namespace, results: Results) -> None:
    """Fill ``results`` part by part, written after each so that a run that is stopped leaves what it has."""
    work, rounds = arguments.work, arguments.rounds
    results["machine"] = describe_machine()

    def tell(part: str, size: int | None, found: Results) -> None:
        if size is None:
            results[part] = found
        else:
            results.setdefault(part, {})[str(size)] = found
        arguments.json.write_text(json.dumps(results, indent=1), "utf-8")
        print(f"{part}{f' {size:,}' if size else ''}: measured", file=sys.stderr)

    if "cold" in arguments.parts:
        tell("cold", None, cold.measure(work, rounds))
    if "questions" in arguments.parts:
        for size in arguments.passages:
            tell("questions", size, questions.measure(work, size, rounds, arguments.seconds))
    if "ingestion" in arguments.parts:
        tell("ingestion", None, ingestion.measure(work, arguments.ingest, min(rounds, 2)))
    if "search" in arguments.parts:
        for size in arguments.search:
            tell("search", size, run_search(work, size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--json", type=Path, default=ROOT / "var/benchmark/results.json", help="where the results go")
    parser.add_argument("--svg", type=Path, help="draw the chart there")
    parser.add_argument("--work", type=Path, default=ROOT / "var/benchmark", help="folder of indexes and vectors, kept")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--passages", nargs="+", type=int, default=(200, 2000), help="sizes over HTTP")
    parser.add_argument("--search", nargs="+", type=int, default=(200, 100_000), help="sizes searched without HTTP")
    parser.add_argument("--ingest", type=int, default=1000, help="passages ingested")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each system")
    parser.add_argument("--seconds", type=float, default=6.0, help="of questions a turn")
    arguments = parser.parse_args()
    # A run that is told to stop must end the servers that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    arguments.work = arguments.work.resolve()
    for folder in (arguments.work, arguments.json.parent):
        folder.mkdir(parents=True, exist_ok=True)
    results: Results = json.loads(arguments.json.read_text("utf-8")) if arguments.json.exists() else {}
    measure(arguments, results)
    print(show(results))
    if arguments.svg:
        arguments.svg.write_text(draw([panel for panel in find_panels(results) if panel.lines]), "utf-8")


if __name__ == "__main__":
    main()
