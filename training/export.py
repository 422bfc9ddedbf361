"""Writes the reader as it ships: ``python -m training.export --base MODEL --weights READER.safetensors --out FILE.onnx``."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
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
    """One graph with free batch and length that computes in fp32; its large matrices lie in 8 bits on disk."""
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
        model = onnx.load(whole)
    store_in_8_bits(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def store_in_8_bits(graph: onnx.GraphProto) -> None:
    """Every matrix as int8 with one scale for each column, widened when it is loaded; tables that are looked up in with
    one for each row, of which only the rows looked up are ever widened.

    Computing in 8 bits is slower than in 32 on processors without VNNI, and less exact everywhere.
    """
    matrices = {one.name: one for one in graph.initializer if len(one.dims) == 2 and min(one.dims) > 8}
    kept = [one for one in graph.initializer if one.name not in matrices]
    nodes: list[onnx.NodeProto] = []
    tables = {node.input[0] for node in graph.node if node.op_type == "Gather"} & matrices.keys()
    for name, tensor in matrices.items():
        values = numpy_helper.to_array(tensor)
        along = 1 if name in tables else 0
        scale = np.maximum(np.abs(values).max(along, keepdims=True), 1e-12) / 127
        packed = np.round(values / scale).astype(np.int8)
        kept.append(numpy_helper.from_array(packed, f"{name}.packed"))
        kept.append(numpy_helper.from_array(scale if name in tables else scale[0], f"{name}.scale"))
        if name not in tables:
            given = [f"{name}.packed", f"{name}.scale"]
            nodes.append(helper.make_node("DequantizeLinear", given, [name], axis=1))
    for node in graph.node:
        if node.op_type == "Gather" and node.input[0] in tables:
            nodes += _look_up(node)
        else:
            nodes.append(node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def _look_up(gather: onnx.NodeProto) -> list[onnx.NodeProto]:
    (table, rows), (out,) = gather.input, gather.output
    return [
        helper.make_node("Gather", [f"{table}.packed", rows], [f"{out}.packed"], axis=0),
        helper.make_node("Gather", [f"{table}.scale", rows], [f"{out}.scale"], axis=0),
        helper.make_node("Cast", [f"{out}.packed"], [f"{out}.wide"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [f"{out}.wide", f"{out}.scale"], [out]),
    ]


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
