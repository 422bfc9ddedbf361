"""Near misses made by rule: questions about what a passage speaks of, which it does not answer.

Some come out as nonsense ("targeted by See") and some are answered all the same: they stay a part of the training,
and a teacher has its say in their labels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from training.encoder import Tokens
from training.lists import NO_SPAN, QuestionList
from training.mine import Mined, bare

NAME = r"(?<!^)(?<![.?!] )\b[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)*"
THING = re.compile(rf"\b\d[\d,.]*\d\b|\b\d\b|{NAME}")
NAMES = re.compile(NAME)
OPPOSITES = {
    one: other
    for pair in (
        "largest smallest", "biggest smallest", "highest lowest", "longest shortest", "oldest youngest",
        "first last", "most least", "best worst", "before after", "earliest latest", "more less", "higher lower",
        "larger smaller", "older younger", "increase decrease", "increased decreased", "rise fall", "maximum minimum",
        "north south", "northern southern", "east west", "eastern western", "above below", "win lose", "won lost",
        "strongest weakest", "richest poorest", "fastest slowest", "begin end", "began ended", "start end",
        "joined left", "bought sold", "accept reject", "accepted rejected", "allowed forbidden", "father mother",
        "son daughter", "brother sister", "men women", "male female", "positive negative", "advantage disadvantage",
        "advantages disadvantages", "public private", "easier harder", "inside outside", "import export",
    )
    for one, other in (pair.split(), reversed(pair.split()))
}  # fmt: skip
OPPOSITE = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b")


def near_misses(mined: Sequence[Mined], tokens: Tokens, size: int, rng: random.Random) -> list[QuestionList]:
    """Lists without an answer, for every example and rule that fits: see the three rules."""
    asked = _askers(mined)
    rules: tuple[tuple[str, Callable[[Mined, str, str], str | None]], ...] = (
        ("swapped", lambda item, question, passage: _swap(question, passage, item.answers, rng)),
        ("turned", lambda item, question, passage: _turn(question)),
        ("carried", lambda item, question, passage: _carry(item, question, passage, asked, tokens, rng)),
    )
    return [one for name, rule in rules for one in _lists(mined, tokens, size, rng, name, rule)]


def _lists(
    mined: Sequence[Mined],
    tokens: Tokens,
    size: int,
    rng: random.Random,
    name: str,
    rule: Callable[[Mined, str, str], str | None],
) -> Iterator[QuestionList]:
    texts, bases = [], []
    for item in mined:
        if item.answerable and item.answers:
            place = rng.choice(item.positives)
            changed = rule(item, tokens.texts[item.query], tokens.texts[place])
            if changed is not None:
                texts.append(changed)
                bases.append((item, place))
    for question_place, (item, place) in zip(tokens.add(texts), bases, strict=True):
        others = [at for at in item.negatives[:12] if at != place]
        if len(others) >= size - 1:
            yield QuestionList(
                question=question_place,
                passages=(place, *rng.sample(others, size - 1)),
                right=-1,
                span=(NO_SPAN, NO_SPAN),
                source=f"{item.source}/{name}",
                group=item.group,
            )


def _swap(question: str, passage: str, answers: Sequence[str], rng: random.Random) -> str | None:
    """A name or number of the question replaced by another one of the passage.

    "When did Yerevan open ..." becomes "When did Moscow open ...": same words, same passage, no answer.
    """
    things = [match for match in THING.finditer(question) if match.group() in passage]
    rng.shuffle(things)
    for match in things:
        number = match.group()[0].isdigit()
        others = {
            other
            for other in THING.findall(passage)
            if other[0].isdigit() == number
            and other not in question
            and not any(other in answer or answer in other for answer in answers)
        }
        if number:
            others = {other for other in others if len(other) == len(match.group())}
        if others:
            chosen: str = rng.choice(sorted(others))
            return question[: match.start()] + chosen + question[match.end() :]
    return None


def _turn(question: str) -> str | None:
    """A word of the question turned into its opposite: "the largest ..." becomes "the smallest ..."."""
    found = OPPOSITE.search(question)
    return question[: found.start()] + OPPOSITES[found.group()] + question[found.end() :] if found else None


def _askers(mined: Sequence[Mined]) -> dict[int, list[Mined]]:
    """The examples that each passage answers."""
    asked: dict[int, list[Mined]] = {}
    for item in mined:
        if item.answerable and item.answers:
            for place in item.positives:
                asked.setdefault(place, []).append(item)
    return asked


def _carry(
    item: Mined, question: str, passage: str, asked: dict[int, list[Mined]], tokens: Tokens, rng: random.Random
) -> str | None:
    """A question about a look-alike passage, asked about this one: its name replaced by the one asked about here.

    "How many seats does Camp Nou have?" becomes "How many seats does Wembley have?", of a passage that speaks of
    Wembley and not of its seats: same subject, another attribute.
    """
    names = [name for name in NAMES.findall(question) if name in passage]
    if not names:
        return None
    name = max(names, key=len)
    neighbours = [other for at in item.negatives for other in asked.get(at, ()) if other.source == item.source]
    rng.shuffle(neighbours)
    held = bare(passage)
    for other in neighbours[:12]:
        text = tokens.texts[other.query]
        theirs = [found for found in NAMES.finditer(text) if found.group() in tokens.texts[other.positives[0]]]
        if len(theirs) != 1 or theirs[0].group() in passage or any(bare(answer) in held for answer in other.answers):
            continue
        return f"{text[: theirs[0].start()]}{name}{text[theirs[0].end() :]}"
    return None
