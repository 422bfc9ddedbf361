"""The reader's network: question and passage read together; relevance, answerability and the answer's span."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import MPNetConfig, MPNetModel

from training.encoder import CLS, DEVICE, SEP, load_bert

PAIR_TOKENS = 256
QUESTION_TOKENS = 64
# The wordpieces of MPNet's vocabulary are BERT's, four further on; its own special tokens come first.
MPNET_SHIFT, MPNET_CLS, MPNET_PAD, MPNET_SEP = 4, 0, 1, 2

Pair = tuple[np.ndarray, np.ndarray]


class Reader(nn.Module):
    """Reads pairs. Outputs: relevance ``(n,)`` (ranks passages of one question), answerable ``(n,)`` (a logit),
    span ``(n, tokens, 2)`` logits of the first and last token of the short answer, the first token meaning none.
    """

    def __init__(self, body: nn.Module, size: int, *, mpnet: bool = False) -> None:
        super().__init__()
        self.body, self.mpnet = body, mpnet
        self.drop = nn.Dropout(0.1)
        self.heads = nn.Linear(size, 2)
        self.span = nn.Linear(size, 2)
        for layer in (self.heads, self.span):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    @classmethod
    def small(cls, folder: Path, layers: int) -> Reader:
        """The reader that ships, on ``layers`` layers of a MiniLM folder."""
        body = load_bert(folder, layers)
        return cls(body, int(body.config.hidden_size)).to(DEVICE)

    @classmethod
    def teacher(cls, folder: Path) -> Reader:
        """A larger one on MPNet, to learn from."""
        config = MPNetConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        body = MPNetModel(config, add_pooling_layer=False)
        weights = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
        body.load_state_dict(weights, strict=False)
        return cls(body, int(config.hidden_size), mpnet=True).to(DEVICE)

    def forward(self, pairs: Sequence[Pair]) -> tuple[Tensor, Tensor, Tensor]:
        """Outputs in fp32; see the class."""
        inputs = self._mpnet_inputs(pairs) if self.mpnet else self._bert_inputs(pairs)
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=DEVICE.type == "cuda"):
            hidden = self.body(**inputs).last_hidden_state
        hidden = self.drop(hidden.float())
        head = self.heads(hidden[:, 0])
        span = self.span(hidden).masked_fill((inputs["attention_mask"] == 0).unsqueeze(-1), -1e4)
        return head[:, 0], head[:, 1], span

    def offset(self, question: np.ndarray) -> int:
        """Place of the passage's first token in the input."""
        return min(len(question), QUESTION_TOKENS) + (3 if self.mpnet else 2)

    def room(self, question: np.ndarray) -> int:
        """How many tokens of the passage are read."""
        return PAIR_TOKENS - self.offset(question) - 1

    def _bert_inputs(self, pairs: Sequence[Pair]) -> dict[str, Tensor]:
        ids, mask, kinds = self._blank(pairs, 0)
        for row, (question, passage) in enumerate(pairs):
            start, part = self.offset(question), passage[: self.room(question)]
            ids[row, 0], ids[row, start - 1] = CLS, SEP
            ids[row, 1 : start - 1] = question[:QUESTION_TOKENS]
            ids[row, start : start + len(part)] = part
            ids[row, start + len(part)] = SEP
            mask[row, : start + len(part) + 1] = 1
            kinds[row, start : start + len(part) + 1] = 1
        return {"input_ids": _put(ids), "attention_mask": _put(mask), "token_type_ids": _put(kinds)}

    def _mpnet_inputs(self, pairs: Sequence[Pair]) -> dict[str, Tensor]:
        ids, mask, _ = self._blank(pairs, MPNET_PAD)
        for row, (question, passage) in enumerate(pairs):
            start, part = self.offset(question), passage[: self.room(question)]
            ids[row, 0] = MPNET_CLS
            ids[row, 1 : start - 2] = question[:QUESTION_TOKENS] + MPNET_SHIFT
            ids[row, start - 2 : start] = MPNET_SEP
            ids[row, start : start + len(part)] = part + MPNET_SHIFT
            ids[row, start + len(part)] = MPNET_SEP
            mask[row, : start + len(part) + 1] = 1
        return {"input_ids": _put(ids), "attention_mask": _put(mask)}

    def _blank(self, pairs: Sequence[Pair], fill: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        width = max(self.offset(q) + min(len(p), self.room(q)) + 1 for q, p in pairs)
        shape = (len(pairs), width)
        return np.full(shape, fill, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)

    @torch.inference_mode()
    def score(self, pairs: Sequence[Pair], batch: int = 512) -> np.ndarray:
        """``(n, 3)`` float32: relevance, answerable, best span minus no span."""
        self.eval()
        out = np.zeros((len(pairs), 3), dtype=np.float32)
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0]) + len(pairs[at][1]))
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            relevance, answerable, span = self([pairs[at] for at in part])
            first, last = span.unbind(-1)
            # The last token may not stand before the first: best end at or after each start.
            after = last[:, 1:].flip(1).cummax(1).values.flip(1)
            best = (first[:, 1:] + after).amax(1) - first[:, 0] - last[:, 0]
            out[part] = torch.stack([relevance, answerable, best], 1).cpu().numpy()
        return out


def _put(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array).to(DEVICE)
