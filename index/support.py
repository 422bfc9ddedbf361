"""Support: which citation markers stand for a sentence, its own or those that a later sentence carries for it.

Reports often cite once at the end of a paragraph or of a list; the marker there covers what stands before it.
"""

from __future__ import annotations

from index.reader import Generation
from index.records import CitationMarker, Reference, Span


def supporting_markers(generation: Generation, doc_id: str, sentence: Span) -> tuple[CitationMarker, ...]:
    """The markers inside the sentence; without any, the next one in its paragraph; else the one that ends its list."""
    own = generation.markers(doc_id, sentence)
    if own:
        return own
    block = next((one for one in generation.blocks(doc_id, sentence) if one.span.covers(sentence)), None)
    if block is None:
        return ()
    later = generation.markers(doc_id, Span(sentence.end, block.span.end))
    if later:
        return later[:1]
    return _list_marker(generation, doc_id, block.span.end) if block.kind == "list_item" else ()


def _list_marker(generation: Generation, doc_id: str, position: int) -> tuple[CitationMarker, ...]:
    """The marker of the last item of the list that goes on at ``position``, when no item between has one."""
    reach = 4000  # code points: a list longer than this is not cited as a whole by its last item
    following = [one for one in generation.blocks(doc_id, Span(position, position + reach)) if one.span.start >= position]
    items = []
    for block in following:
        if block.kind != "list_item":
            break
        items.append(block)
    if not items:
        return ()
    markers = generation.markers(doc_id, Span(items[0].span.start, items[-1].span.end))
    return markers if markers and items[-1].span.covers(markers[0].span) else ()


def resolve(generation: Generation, doc_id: str, markers: tuple[CitationMarker, ...]) -> tuple[Reference, ...]:
    """The entries that the markers cite, each once, in the order written; numbers without an entry are left out."""
    wanted = dict.fromkeys((marker.bibliography, number) for marker in markers for number in marker.numbers)
    if not wanted:
        return ()
    known = {(one.bibliography, one.number): one for one in generation.references(doc_id)}
    return tuple(known[key] for key in wanted if key in known)
