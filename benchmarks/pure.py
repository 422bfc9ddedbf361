"""Pure encoding: what the library alone takes for the texts that ingestion has embedded.

Run: python -m benchmarks.pure HOME TEXTS. Prints JSON. The model, its precision and the texts are those of the published
generation; loading is not counted. TEXTS is how many ingestion embedded: when they are more than the passages and entries, the
documents' sentences are encoded as well.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer

from index.embed import BATCH_SIZE
from index.model import find_model
from index.reader import KINDS, Generation, open_generation


def find_passages(generation: Generation) -> list[str]:
    """What is embedded of every passage and entry, each text once."""
    counts = dict(zip(KINDS, ("passages", "reference_passages"), strict=True))
    return list(
        dict.fromkeys(
            passage.search_text
            for kind, count in counts.items()
            for passage in generation.passages(range(generation.manifest.counts[count]), kind)
        )
    )


def find_sentences(generation: Generation) -> list[str]:
    return list(
        dict.fromkeys(
            generation.text(document.doc_id, *sentence.span)
            for document in generation.documents()
            for sentence in generation.sentences(document.doc_id)
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("texts", type=int)
    arguments = parser.parse_args()
    with open_generation(arguments.home) as generation:
        embedder = generation.manifest.embedder
        passages = find_passages(generation)
        sentences = find_sentences(generation) if arguments.texts > len(passages) else []
    model = SentenceTransformer(str(find_model(str(embedder["name"]))), device="cpu")
    model.max_seq_length = int(str(embedder["max_tokens"]))
    if embedder["precision"] == "bfloat16":
        model[0].to(torch.bfloat16)

    def encode(texts: list[str]) -> float:
        started = time.perf_counter()
        model.encode(texts, batch_size=BATCH_SIZE, convert_to_numpy=True, show_progress_bar=False)
        return time.perf_counter() - started

    encode(passages[: 2 * BATCH_SIZE])
    seconds = {"passages_s": encode(passages), "sentences_s": encode(sentences) if sentences else 0.0}
    print(json.dumps({"passages": len(passages), "sentences": len(sentences), **seconds}))


if __name__ == "__main__":
    main()
