"""The query encoder: an exported model run by ONNX Runtime, the same vectors without torch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.errors import ModelUnavailable

Vectors = npt.NDArray[np.float32]

FILES = ("encoder.json", "model.onnx", "tokenizer.json")
BATCH_SIZE = 32


def read_tokenizer(path: Path, *, max_tokens: int | None = None) -> Tokenizer:
    """A model's own tokenizer; texts are cut to ``max_tokens`` (special tokens counted) or, with None, not at all."""
    tokenizer = Tokenizer.from_file(str(path))
    # all-MiniLM-L6-v2's tokenizer.json says "cut at 128, pad to 128": left on, every text would have 128 tokens.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def count_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> list[int]:
    """Tokens of each text, special tokens counted."""
    return [len(encoding) for encoding in tokenizer.encode_batch_fast(list(texts))]


def write_encoder(folder: Path, *, identity: dict[str, object], tokenizer: Path) -> None:
    """Complete a folder that holds ``model.onnx``: the tokenizer and what the vectors are."""
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    (folder / "encoder.json").write_text(json.dumps(identity, indent=1, sort_keys=True) + "\n", "utf-8")


def usable_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(path: Path, *, threads: int = 0) -> Any:
    """An ONNX graph to run on the processor. ``threads`` 0 means one a core."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads fight each other when several processes share the cores: 396 ms a query instead of 10.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights that are stored in 8 bits are widened once, at loading, not at each run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def open_encoder(folder: Path, *, threads: int = 0) -> OnnxEncoder:
    """The encoder in a folder. ``threads`` 0 means one a core. Raises ModelUnavailable."""
    try:
        return OnnxEncoder(folder, threads=threads)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise ModelUnavailable(
            f"the query encoder in {folder} does not load: {error}", hint="Run: pincite ingest corpus/"
        ) from error


class OnnxEncoder:
    """An embedder that runs an exported graph. Thread-safe; gives the vectors of the model it was exported from."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        self.identity: dict[str, object] = json.loads((folder / "encoder.json").read_text("utf-8"))
        self.name = str(self.identity["name"])
        self.dim = int(str(self.identity["dim"]))
        self.max_tokens = int(str(self.identity["max_tokens"]))
        self._prompts: Any = self.identity["prompts"]
        self._folder = folder
        self._tokenizer = read_tokenizer(folder / "tokenizer.json", max_tokens=self.max_tokens)
        self._session = open_session(folder / "model.onnx", threads=threads)
        self._inputs = [given.name for given in self._session.get_inputs()]

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prompts["passage"] + text for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prompts["query"] + text for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return count_tokens(self._uncut, [self._prompts["passage"] + text for text in texts])

    @cached_property
    def _uncut(self) -> Tokenizer:
        return read_tokenizer(self._folder / "tokenizer.json")

    def export(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(self._folder / name, folder / name)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` rows in the order of ``texts``; run in batches of like length, so that little is padded."""
        rows = np.empty((len(texts), self.dim), np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        for first in range(0, len(order), BATCH_SIZE):
            places = order[first : first + BATCH_SIZE]
            rows[places] = self._run([ids[place] for place in places])
        return rows

    def _run(self, batch: list[list[int]]) -> Vectors:
        shape = (len(batch), max(map(len, batch)))
        feed = {name: np.zeros(shape, np.int64) for name in self._inputs}
        for row, ids in enumerate(batch):
            feed["input_ids"][row, : len(ids)] = ids
            feed["attention_mask"][row, : len(ids)] = 1
        (vectors,) = self._session.run(None, feed)
        return np.asarray(vectors, np.float32)
