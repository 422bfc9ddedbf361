"""What the reader learns from: a question with passages, one that answers it or none."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.encoder import Tokens
from training.mine import Mined

UNMARKED, NO_SPAN = -2, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionList:
    """``right`` is the place in ``passages`` of the answering one, -1 for none.

    ``span`` is (first, last) token of the short answer in that passage; -2 where nobody marked it.
    """

    question: int
    passages: tuple[int, ...]
    right: int
    span: tuple[int, int]
    source: str
    group: str


def make_lists(
    mined: Sequence[Mined], tokens: Tokens, size: int, rng: random.Random, hardest: int = 24
) -> list[QuestionList]:
    """A list of ``size`` passages for every example that has enough of them."""
    made = []
    for item in mined:
        wrong = rng.sample(item.known, min(2, len(item.known)))
        others = [at for at in item.negatives[:hardest] if at not in wrong]
        need = size - len(wrong) - (1 if item.answerable else 0)
        wrong += rng.sample(others, min(need, len(others)))
        right = rng.choice(item.positives) if item.answerable else None
        passages = ([right] if right is not None else []) + [at for at in wrong if at != right]
        if len(passages) < size:
            continue
        made.append(
            QuestionList(
                question=item.query,
                passages=tuple(passages[:size]),
                right=0 if right is not None else -1,
                span=find_span(tokens, right, item.answers) if right is not None else (NO_SPAN, NO_SPAN),
                source=item.source,
                group=item.group,
            )
        )
    return made


def find_span(tokens: Tokens, place: int, answers: Sequence[str]) -> tuple[int, int]:
    """First and last token of the first answer found in a text."""
    text = tokens.texts[place].lower()
    for answer in answers:
        begin = text.find(answer.lower())
        if begin < 0 or not answer:
            continue
        end = begin + len(answer)
        inside = [at for at, (start, stop) in enumerate(tokens.offsets[place]) if start < end and stop > begin]
        if inside:
            return inside[0], inside[-1]
    return UNMARKED, UNMARKED
