"""A chart of how cost grows with size, as SVG, drawn from the JSON that a run has written.

Run: python -m benchmarks.chart RESULTS.json CHART.svg
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Results = Mapping[str, Any]

WIDTH, HEIGHT = 440, 300  # of one panel
LEFT, RIGHT, TOP, BOTTOM = 56, 40, 40, 44
LINE = 18  # of the legend
COLOURS = {"ours": "#0b6e4f", "naive": "#c8553d", "search": "#1f5fa8", "exact": "#8a8a8a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Points are (passages, value), both above zero."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    title: str
    lines: tuple[Line, ...]


def find_panels(results: Results) -> list[Panel]:
    """Milliseconds on one, megabytes on the other; lines without a point are left out."""
    asked = results.get("questions", {}).values()
    searched = sorted(results.get("search", {}).values(), key=lambda one: one["passages"])

    def over_http(name: str, key: str) -> tuple[tuple[float, float], ...]:
        return tuple((one["passages"][name], one["clients"]["1"][name]["ms"][key]) for one in asked)

    def within(part: str, key: str, scale: float = 1) -> tuple[tuple[float, float], ...]:
        return tuple((one["passages"], one[part][key] * scale) for one in searched)

    def servers(name: str) -> tuple[tuple[float, float], ...]:
        return tuple((one["passages"][name], one["memory"][name]["rss"] / 1e6) for one in asked)

    latency = (
        Line(name="question over HTTP, Pincite, p50", colour=COLOURS["ours"], points=over_http("ours", "p50")),
        Line(name="question over HTTP, naive script, p50", colour=COLOURS["naive"], points=over_http("naive", "p50")),
        Line(name="search alone, p50", colour=COLOURS["search"], points=within("search_ms", "p50")),
        Line(name="search alone, p95", colour=COLOURS["search"], points=within("search_ms", "p95"), dashed=True),
        Line(name="exact dense search, p50", colour=COLOURS["exact"], points=within("exact_ms", "p50")),
    )
    memory = (
        Line(name="server, Pincite", colour=COLOURS["ours"], points=servers("ours")),
        Line(name="server, naive script", colour=COLOURS["naive"], points=servers("naive")),
        Line(name="search alone, no model", colour=COLOURS["search"], points=within("memory", "rss", 1e-6)),
    )
    panels = (("milliseconds", latency), ("resident memory, MB", memory))
    return [Panel(title=title, lines=tuple(line for line in lines if line.points)) for title, lines in panels]


def draw(panels: Sequence[Panel]) -> str:
    """The panels side by side, both scales logarithmic, each with its legend below."""
    height = HEIGHT + LINE * max(len(panel.lines) for panel in panels) + 12
    parts = [part for place, panel in enumerate(panels) for part in _draw_panel(panel, place * WIDTH)]
    width = WIDTH * len(panels)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#222">'
    )
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>\n"])


def _draw_panel(panel: Panel, left: int) -> Iterator[str]:
    points = [point for line in panel.lines for point in line.points]
    xs, ys = decades([x for x, _ in points]), decades([y for _, y in points])
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(x: float) -> float:
        return left + LEFT + wide * (math.log10(x) - xs[0]) / (xs[-1] - xs[0])

    def down(y: float) -> float:
        return TOP + high * (1 - (math.log10(y) - ys[0]) / (ys[-1] - ys[0]))

    yield f'<text x="{left + LEFT}" y="22" font-weight="bold">{escape(panel.title)}</text>'
    for power in xs:
        x = across(10.0**power)
        yield f'<path d="M{x:.1f} {TOP}V{TOP + high}" stroke="#e4e4e4"/>'
        yield f'<text x="{x:.1f}" y="{TOP + high + 16}" text-anchor="middle">{say(power)}</text>'
    for power in ys:
        y = down(10.0**power)
        yield f'<path d="M{left + LEFT} {y:.1f}h{wide}" stroke="#e4e4e4"/>'
        yield f'<text x="{left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{say(power)}</text>'
    yield f'<text x="{left + LEFT + wide / 2:.0f}" y="{TOP + high + 34}" text-anchor="middle">passages</text>'
    for place, line in enumerate(panel.lines):
        yield from _draw_line(line, [(across(x), down(y)) for x, y in line.points])
        yield from _draw_legend(line, left + LEFT, HEIGHT + 8 + LINE * place)


def _draw_line(line: Line, places: Sequence[tuple[float, float]]) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke-width="2" {_stroke(line)}/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>'


def _draw_legend(line: Line, x: int, y: int) -> Iterator[str]:
    yield f'<path d="M{x} {y}h24" stroke-width="2" {_stroke(line)}/>'
    yield f'<text x="{x + 30}" y="{y + 4}">{escape(line.name)}</text>'


def _stroke(line: Line) -> str:
    return f'stroke="{line.colour}"' + (' stroke-dasharray="5 3"' if line.dashed else "")


def decades(values: Sequence[float]) -> range:
    """Powers of ten around values above zero, at least two."""
    first = math.floor(math.log10(min(values)))
    return range(first, max(math.ceil(math.log10(max(values))), first + 1) + 1)


def say(power: int) -> str:
    """A power of ten as people write it."""
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("chart", type=Path)
    arguments = parser.parse_args()
    panels = find_panels(json.loads(arguments.results.read_text("utf-8")))
    arguments.chart.write_text(draw([panel for panel in panels if panel.lines]), "utf-8")


if __name__ == "__main__":
    main()
