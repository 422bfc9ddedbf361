"""The two networks: a bi-encoder for passages and questions, and the token store that feeds them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CLS, SEP = 101, 102
MAX_TOKENS = 256


class Tokens:
    """Token ids of texts without the special ones, each text encoded once and known by its place."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._places: dict[str, int] = {}
        self.texts: list[str] = []
        self.ids: list[np.ndarray] = []
        self.offsets: list[list[tuple[int, int]]] = []

    def add(self, texts: Sequence[str]) -> list[int]:
        """Places of the texts, in their order."""
        fresh = list(dict.fromkeys(text for text in texts if text not in self._places))
        for text, encoding in zip(fresh, self._tokenizer.encode_batch(fresh, add_special_tokens=False), strict=True):
            self._places[text] = len(self.texts)
            self.texts.append(text)
            self.ids.append(np.asarray(encoding.ids, dtype=np.int32))
            self.offsets.append(encoding.offsets)
        return [self._places[text] for text in texts]

    def count(self, text: str) -> int:
        """Tokens of a text, at most ``MAX_TOKENS``."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def pad(rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """``(n, longest)`` ids and mask on the device."""
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return torch.from_numpy(ids).to(DEVICE), torch.from_numpy(mask).to(DEVICE)


def load_bert(folder: Path, layers: int | None = None) -> BertModel:
    """The network in fp32 from a folder with ``config.json`` and ``model.safetensors``.

    ``layers`` keeps so many of its layers, evenly spread, the first and the last among them.
    """
    config = BertConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
    config._attn_implementation = "sdpa"
    model = BertModel(config, add_pooling_layer=False)
    weights = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    missing, _ = model.load_state_dict(weights, strict=False)
    if missing:
        raise ValueError(f"{folder}: no weights for {missing[:3]}")
    if layers is not None:
        kept = [round(at) for at in np.linspace(0, config.num_hidden_layers - 1, layers)]
        model.encoder.layer = nn.ModuleList([model.encoder.layer[at] for at in kept])
        model.config.num_hidden_layers = layers
    model.to(DEVICE)  # type: ignore[arg-type]
    return model


class Encoder(nn.Module):
    """Mean-pooled unit vectors."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = load_bert(folder)

    def forward(self, rows: Sequence[np.ndarray]) -> Tensor:
        """``(n, dim)`` unit rows of token ids without special tokens."""
        ids, mask = pad([np.concatenate([[CLS], row[: MAX_TOKENS - 2], [SEP]]) for row in rows])
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=DEVICE.type == "cuda" and self.training):
            hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).float()
        return nn.functional.normalize((hidden.float() * weight).sum(1) / weight.sum(1), dim=-1)

    @torch.inference_mode()
    def encode(self, rows: Sequence[np.ndarray], batch: int = 1024) -> Tensor:
        """``(n, dim)`` unit rows in the order given, batched by length."""
        self.eval()
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        out = torch.empty(len(rows), self.bert.config.hidden_size, device=DEVICE)
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            out[torch.tensor(part, device=DEVICE)] = self([rows[at] for at in part])
        return out


def seed_all(seed: int) -> random.Random:
    """Seeds torch and gives the generator that everything else draws from."""
    torch.manual_seed(seed)
    return random.Random(seed)
