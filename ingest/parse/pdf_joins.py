"""Paragraphs that the end of a column or page tore apart, put together again."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.parse.pdf_blocks import Draft, ends_sentence

_REACH = 300
"""Blocks (of figures, notes) that may stand between the parts of a torn paragraph."""
_PAGES = 5
"""Pages full of tables that a sentence may jump over."""
_RUNNING = ("paragraph", "list_item", "quote")


def join_torn(drafts: Sequence[Draft]) -> list[Draft]:
    """Make one block of the parts of a torn paragraph.

    What stands between them (notes, captions, tables) goes before the paragraph when it is on the page of the first
    part, else behind it: so the text of a page stays together.
    """
    result: list[Draft] = []
    for draft in drafts:
        place = _find_start(result, draft) if draft.kind == "paragraph" else None
        if place is None:
            result.append(draft)
            continue
        first, between = result[place], result[place + 1 :]
        here = [d for d in between if d.first.page == first.last.page]
        later = [d for d in between if d.first.page != first.last.page]
        first.lines.extend(draft.lines)
        result[place:] = [*here, first, *later]
    return result


def _find_start(result: Sequence[Draft], draft: Draft) -> int | None:
    """The place of the paragraph that ``draft`` continues: the last one of its size and font."""
    closed = False
    for place in range(len(result) - 1, max(len(result) - _REACH, 0) - 1, -1):
        before = result[place]
        if before.last.page < draft.first.page - _PAGES and before.kind in _RUNNING:
            return None
        if before.kind in ("heading", "title", "reference"):
            closed = True
        if before.kind not in _RUNNING or abs(before.size - draft.size) > 0.04 * draft.size:
            continue
        if before.last.font.name != draft.first.font.name and len(before.lines) < 3:
            continue
        return place if _goes_on(before, draft, closed) else None
    return None


def _goes_on(first: Draft, second: Draft, closed: bool) -> bool:
    """Whether ``second`` continues the sentence that ``first`` leaves open at the end of a column.

    Past a heading (``closed``) only what cannot be read otherwise does: such a heading is a label in a figure.
    """
    a, b = first.last, second.first
    if (a.page, a.left) == (b.page, b.left) and a.y > b.y and a.y - b.y < 6 * a.size:
        return False
    ended, lower = ends_sentence(first.text), second.text[:1].islower()
    full = a.right - a.x1 < 3 * a.size
    if closed:
        return lower and not ended and full
    if first.text.endswith("-") or lower:
        return True
    return not ended and full and b.indent < 0.6
