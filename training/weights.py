"""Weights: a compact difference to the starting point, int8 with a scale per row, fp16, the mean of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

Weights = dict[str, Tensor]


def quantize(weights: Weights, levels: int = 127) -> Weights:
    """Matrices as int8 with one fp32 scale per row (``name.scale``), the small rest as fp32."""
    packed: Weights = {}
    for name, value in weights.items():
        if value.ndim == 2 and value.shape[0] > 8:
            scale = value.abs().amax(1, keepdim=True).clamp_min(1e-12) / levels
            packed[name] = torch.round(value / scale).to(torch.int8)
            packed[f"{name}.scale"] = scale
        else:
            packed[name] = value
    return {name: value.contiguous().cpu() for name, value in packed.items()}


def restore(packed: Weights) -> Weights:
    """What ``quantize`` packed, as fp32."""
    return {
        name: value.float() * packed[f"{name}.scale"] if f"{name}.scale" in packed else value.float()
        for name, value in packed.items()
        if not name.endswith(".scale")
    }


def halve(weights: Weights) -> Weights:
    """Floats as fp16."""
    return {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}


def subtract(weights: Weights, start: Weights) -> Weights:
    """Difference to the starting weights; what these lack (a new head) stays whole."""
    return {
        name: value.float().cpu() - start[name].float() if name in start else value.cpu()
        for name, value in weights.items()
    }


def add(difference: Weights, start: Weights, share: float = 1.0) -> Weights:
    """The starting weights plus a share of a difference (below 1: an average of both)."""
    return {name: start[name].float() + share * value if name in start else value for name, value in difference.items()}


def average(runs: Sequence[Weights]) -> Weights:
    """The mean of several runs from one start; of what is no float (a counter) the first run's."""
    return {
        name: torch.stack([run[name] for run in runs]).mean(0) if value.is_floating_point() else value
        for name, value in runs[0].items()
    }


def read(path: Path) -> Weights:
    """Tensors of a safetensors file, without the constant ``position_ids``."""
    return {name: value for name, value in load_file(path).items() if not name.endswith("position_ids")}


def write(weights: Weights, path: Path, metadata: dict[str, str] | None = None) -> None:
    """One safetensors file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous().cpu() for name, value in weights.items()}, path, metadata=metadata)
