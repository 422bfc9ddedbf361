"""Writes the reader as it ships: ``python -m training.export --base MODEL --weights READER.safetensors --out FILE.onnx``."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from torch import Tensor, nn

from training import weights
from training.crossencoder import Reader

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("relevance", "answerable", "span")


class _Graph(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden = self.reader.body(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        head = self.reader.heads(hidden[:, 0])
        return head[:, 0], head[:, 1], self.reader.span(hidden)


def export(reader: Reader, path: Path) -> None:
    """One graph with free batch and length; matrices and embeddings in 8 bits, a scale for each column."""
    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in INPUTS)
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, "span")}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # tracing warns about every Python branch in the model
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _Graph(reader.cpu().eval()),
            example,
            str(whole),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes | {name: {0: "batch"} for name in OUTPUTS[:2]},
            dynamo=False,
        )
        # Unsigned weights: signed ones overflow on processors with AVX2 alone.
        quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QUInt8)


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    reader = Reader.small(options.base, options.layers)
    reader.load_state_dict(weights.restore(weights.read(options.weights)), strict=False)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    export(reader, options.out)


if __name__ == "__main__":
    main()
