"""Trains the reader: ``python -m training.reader --shared ../shared --base MODEL --first SCORES.npz --out FOLDER``.

A teacher on MPNet learns first where its folder is given (``--teacher``); the small reader then learns from the
labels and from the teacher's scores. ``--stage general`` uses no development set. ``--stage fold`` goes on with
the questions of the development sets outside ``--fold`` and reads those inside; ``--stage final`` goes on with
all of them and writes the weights that ship.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training import weights
from training.crossencoder import Reader
from training.data import TUNING_SETS, RetrievalSet, make_folds, read_examples, read_sets, tuning_examples
from training.encoder import DEVICE, Encoder, Tokens, seed_all
from training.evaluate import Lexical, auroc, hybrid, judge, summary
from training.lists import NO_SPAN, UNMARKED, QuestionList, make_lists, swapped
from training.mine import mine

SIZE, DEPTH, FOLDS = 6, 20, 3
TUNING_ROUNDS = 2


@dataclass(slots=True, kw_only=True)
class Corpus:
    """All that both stages work on."""

    tokens: Tokens
    sets: dict[str, RetrievalSet]
    lists: list[QuestionList]
    tuning: list[QuestionList]
    soft: np.ndarray | None = None
    tuning_soft: np.ndarray | None = None


def losses(
    lists: Sequence[QuestionList],
    outputs: tuple[Tensor, Tensor, Tensor],
    soft: Tensor | None,
    model: Reader,
    tokens: Tokens,
) -> Tensor:
    """Listwise relevance, answerability of every pair and the span, from labels and (``soft``) a teacher."""
    relevance, answerable, span = outputs
    size = len(lists[0].passages)
    relevance, answerable = relevance.view(-1, size), answerable.view(-1, size)
    right = torch.tensor([one.right for one in lists], device=DEVICE)
    has = right >= 0
    label = torch.zeros_like(answerable)
    label[has, right[has]] = 1.0
    target = torch.tensor([_span_target(one, at, model, tokens) for one in lists for at in range(size)], device=DEVICE)
    total = nn.functional.cross_entropy(span[:, :, 0], target[:, 0], ignore_index=-100)
    total = 0.25 * (total + nn.functional.cross_entropy(span[:, :, 1], target[:, 1], ignore_index=-100))
    if soft is None:
        if bool(has.any()):
            total = total + nn.functional.cross_entropy(relevance[has], right[has])
        return total + nn.functional.binary_cross_entropy_with_logits(answerable, label)
    # What the teacher says and what the label says: the labels are noisy (derived ones above all), the teacher too.
    aim = nn.functional.softmax(soft[:, :, 0], dim=1)
    label = 0.5 * label + 0.5 * torch.sigmoid(soft[:, :, 1])
    total = total + nn.functional.kl_div(nn.functional.log_softmax(relevance, 1), aim, reduction="batchmean")
    if bool(has.any()):
        total = total + 0.5 * nn.functional.cross_entropy(relevance[has], right[has])
    return total + 2 * nn.functional.binary_cross_entropy_with_logits(answerable, label)


def _span_target(one: QuestionList, at: int, model: Reader, tokens: Tokens) -> tuple[int, int]:
    if at != one.right:
        return 0, 0
    first, last = one.span
    if first in (UNMARKED, NO_SPAN) or last >= model.room(tokens.ids[one.question]):
        return -100, -100
    start = model.offset(tokens.ids[one.question])
    return start + first, start + last


def pairs_of(lists: Sequence[QuestionList], tokens: Tokens) -> list[tuple[np.ndarray, np.ndarray]]:
    """Question and passage tokens, list after list."""
    return [(tokens.ids[one.question], tokens.ids[at]) for one in lists for at in one.passages]


def train(
    model: Reader,
    lists: Sequence[QuestionList],
    tokens: Tokens,
    *,
    rate: float,
    epochs: float,
    batch: int,
    soft: np.ndarray | None = None,
    seed: int = 7,
) -> None:
    """Trains in place. ``soft`` is (lists, size, 3) scores of a teacher."""
    rng = seed_all(seed)
    total = max(1, int(len(lists) / batch * epochs))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, fused=DEVICE.type == "cuda")
    warm = max(1, total // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (total - step) / (total - warm + 1)))
    )
    step, started = 0, time.monotonic()
    model.train()
    while step < total:
        for places in _batches(lists, tokens, batch, rng):
            part = [lists[at] for at in places]
            hints = None if soft is None else torch.from_numpy(soft[places]).to(DEVICE)
            loss = losses(part, model(pairs_of(part, tokens)), hints, model, tokens)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 200 == 0 or step == total:
                print(f"  step {step}/{total} loss {loss.item():.3f} {time.monotonic() - started:.0f} s", flush=True)
            if step >= total:
                break


def _batches(lists: Sequence[QuestionList], tokens: Tokens, batch: int, rng: random.Random) -> list[list[int]]:
    """Batches of lists of like length (less padding) and like size, in random order."""
    order = list(range(len(lists)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for start in range(0, len(order), batch * 40):
        block = order[start : start + batch * 40]
        block.sort(key=lambda at: max(len(tokens.ids[place]) for place in lists[at].passages))
        made.extend(block[at : at + batch] for at in range(0, len(block), batch))
    rng.shuffle(made)
    return made


def candidates(first: dict[str, np.ndarray], sets: dict[str, RetrievalSet]) -> dict[str, dict[str, np.ndarray]]:
    """``set -> place, dense, lexical, hybrid`` arrays (questions, DEPTH) of the first stage, best first."""
    found = {}
    for name, data in sets.items():
        dense = first[name].astype(np.float32)
        lexical = Lexical(data.passages).scores([query.text for query in data.queries]).astype(np.float32)
        both = hybrid(dense, lexical)
        place = np.argsort(-both, axis=1, kind="stable")[:, :DEPTH]
        found[name] = {"place": place} | {
            key: np.take_along_axis(values, place, 1)
            for key, values in (("dense", dense), ("lexical", lexical), ("hybrid", both))
        }
    return found


def read_candidates(
    model: Reader, data: RetrievalSet, place: np.ndarray, tokens: Tokens, rows: Sequence[int]
) -> np.ndarray:
    """``(rows, DEPTH, 3)`` outputs of the reader for the candidates of these questions."""
    questions = tokens.add([data.queries[row].text for row in rows])
    passages = tokens.add(data.passages)
    pairs = [
        (tokens.ids[question], tokens.ids[passages[at]])
        for question, row in zip(questions, rows, strict=True)
        for at in place[row]
    ]
    return model.score(pairs).reshape(len(rows), -1, 3)


def figures(data: RetrievalSet, found: dict[str, np.ndarray], read: np.ndarray) -> str:
    """A line: nDCG and evidence of the first stage, of the reader alone and of both; AUROC of abstention."""
    relevance = read[:, :, 0]
    ranks = np.argsort(np.argsort(-relevance, 1), 1)
    fused = 1 / (10 + np.arange(relevance.shape[1])) + 1 / (10 + ranks)
    parts = []
    for key, score in (
        ("first", -np.arange(relevance.shape[1]) + 0 * relevance),
        ("reader", relevance),
        ("rrf", fused),
    ):
        order = np.take_along_axis(found["place"], np.argsort(-score, axis=1, kind="stable"), 1)
        means = summary([judge(query, order[at].tolist()) for at, query in enumerate(data.queries) if query.gold])
        parts.append(
            f"{key} {means['ndcg']:.3f} "
            + "/".join(f"{means[name]:.3f}" for name in ("e1", "e5", "e10", "any1", "any5"))
        )
    can = np.array([query.answerable for query in data.queries])
    if not can.all():
        off = np.array([query.kind == "off_topic" for query in data.queries])
        top = {"dense": found["dense"].max(1), "ans": read[:, :10, 1].max(1), "span": read[:, :10, 2].max(1)}
        top["ans+span"] = top["ans"] + 0.5 * top["span"]
        parts.append(
            "auroc " + " ".join(f"{key} {auroc(value[can], value[~can & ~off]):.3f}" for key, value in top.items())
        )
    return " | ".join(parts)


def evaluate(
    model: Reader, corpus: Corpus, found: dict[str, dict[str, np.ndarray]], names: Sequence[str], out: Path
) -> None:
    """Prints figures on whole sets and leaves the outputs beside."""
    arrays = {}
    for name in names:
        data = corpus.sets[name]
        read = read_candidates(model, data, found[name]["place"], corpus.tokens, range(len(data.queries)))
        print(f"  {name}: {figures(data, found[name], read)}", flush=True)
        arrays[name] = read
    save(arrays, found, out)


def save(arrays: dict[str, np.ndarray], found: dict[str, dict[str, np.ndarray]], out: Path) -> None:
    """Outputs and the first stage of the same candidates, for fitting the fusion and the confidence."""
    everything = {f"{name}.read": value for name, value in arrays.items()}
    everything |= {f"{name}.{key}": value for name in arrays for key, value in found[name].items()}
    np.savez_compressed(out, **everything)  # type: ignore[arg-type]


def prepare(shared: Path, base: Path, limit: int, seed: int = 7) -> Corpus:
    """Sets, mined examples and the general lists."""
    tokens = Tokens(base)
    sets = read_sets(shared, tokens.count)
    examples = read_examples(shared)[:limit] + tuning_examples(sets, lambda name, group: True)
    # The clean sets give no negatives either: a passage pushed away is a passage trained on.
    everything = [text for name in TUNING_SETS for text in sets[name].passages]
    mined, _ = mine(examples, tokens, Encoder(base), extra=everything)
    rng = random.Random(seed)
    general = [item for item in mined if item.source not in TUNING_SETS]
    lists = make_lists(general, tokens, SIZE, rng) + swapped(general, tokens, SIZE, rng)
    rng.shuffle(lists)
    items = [item for item in mined if item.source in TUNING_SETS]
    tuning = [one for _ in range(TUNING_ROUNDS) for one in make_lists(items, tokens, SIZE, rng, hardest=12)]
    return Corpus(tokens=tokens, sets=sets, lists=lists, tuning=tuning)


def general(options: argparse.Namespace, corpus: Corpus, found: dict[str, dict[str, np.ndarray]]) -> None:
    """Teacher and reader on the general data; figures on every development set."""
    corpus.lists = corpus.lists[: options.lists]
    print(f"{len(corpus.lists)} lists, {sum('/' in one.source for one in corpus.lists)} swapped", flush=True)
    if options.teacher:
        teacher = Reader.teacher(options.teacher)
        train(teacher, corpus.lists, corpus.tokens, rate=3e-5, epochs=1, batch=32)
        corpus.soft = teacher.score(pairs_of(corpus.lists, corpus.tokens)).reshape(len(corpus.lists), SIZE, 3)
        corpus.tuning_soft = teacher.score(pairs_of(corpus.tuning, corpus.tokens)).reshape(len(corpus.tuning), SIZE, 3)
    student = Reader.small(options.base)
    train(student, corpus.lists, corpus.tokens, rate=1e-4, epochs=options.epochs, batch=32, soft=corpus.soft)
    torch.save(student.state_dict(), options.work / "student.pt")
    with (options.work / "corpus.pkl").open("wb") as file:
        pickle.dump(corpus, file)
    evaluate(student, corpus, found, tuple(corpus.sets), options.out / "general.npz")


def tuned(options: argparse.Namespace, corpus: Corpus, keep: Callable[[QuestionList], bool]) -> Reader:
    """The general reader after the tuning questions that ``keep`` accepts, as many general lists between."""
    chosen = [at for at, one in enumerate(corpus.tuning) if keep(one)]
    places = random.Random(11).sample(range(len(corpus.lists)), min(len(chosen), len(corpus.lists)))
    lists = [corpus.tuning[at] for at in chosen] + [corpus.lists[at] for at in places]
    soft = None
    if corpus.soft is not None and corpus.tuning_soft is not None:
        soft = np.concatenate([corpus.tuning_soft[chosen], corpus.soft[places]])
    student = Reader.small(options.base)
    student.load_state_dict(torch.load(options.work / "student.pt"))
    train(student, lists, corpus.tokens, rate=4e-5, epochs=2, batch=32, soft=soft)
    return student


def one_fold(options: argparse.Namespace, corpus: Corpus, found: dict[str, dict[str, np.ndarray]]) -> None:
    """Outputs for the questions whose documents are in ``--fold``, by a reader trained on the other documents."""
    dealt = make_folds(corpus.sets, FOLDS)
    model = tuned(options, corpus, lambda one: dealt[one.source, one.group] != options.fold)
    arrays = {}
    for name in (*TUNING_SETS, "reports"):
        rows = [
            at
            for at, query in enumerate(corpus.sets[name].queries)
            if dealt.get((name, query.group), options.fold) == options.fold
        ]
        arrays[f"{name}.rows"] = np.array(rows)
        arrays[f"{name}.read"] = read_candidates(model, corpus.sets[name], found[name]["place"], corpus.tokens, rows)
    np.savez_compressed(options.out / f"fold-{options.fold}.npz", **arrays)  # type: ignore[arg-type]


def final(options: argparse.Namespace, corpus: Corpus, found: dict[str, dict[str, np.ndarray]]) -> None:
    """The weights that ship, trained on all tuning questions; figures on the sets that are never trained on."""
    model = tuned(options, corpus, lambda one: True)
    state = {name: value for name, value in model.state_dict().items() if not name.endswith("position_ids")}
    weights.write(weights.quantize(state), options.out / "reader.safetensors")
    model.load_state_dict(weights.restore(weights.read(options.out / "reader.safetensors")), strict=False)
    evaluate(
        model, corpus, found, tuple(name for name in corpus.sets if name not in TUNING_SETS), options.out / "final.npz"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, default=None, help="folder of all-mpnet-base-v2")
    parser.add_argument("--first", type=Path, required=True, help="cosines of the first stage, by training.embedder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stage", choices=("general", "fold", "final"), default="general")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--work", type=Path, required=True, help="where the stages leave what the next one needs")
    parser.add_argument("--lists", type=int, default=50_000)
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--limit", type=int, default=10**9)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    options.work.mkdir(parents=True, exist_ok=True)
    if options.stage == "general":
        corpus = prepare(options.shared, options.base, options.limit)
    else:
        with (options.work / "corpus.pkl").open("rb") as file:
            corpus = pickle.load(file)
    found = candidates(dict(np.load(options.first)), corpus.sets)
    {"general": general, "fold": one_fold, "final": final}[options.stage](options, corpus, found)


if __name__ == "__main__":
    main()
