"""Writes `recordings/`: a pass of each module as PyTorch gave it, and what PyTorch says of the module.

By hand, in an environment with PyTorch, torchvision, NumPy and PyYAML: ``python -m tests.models.pytorch.record``.
"""

from __future__ import annotations

import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tests.models.pytorch.small_modules import SMALL

FOLDER: Final = Path(__file__).parent / "recordings"
VISION: Final = {
    "alexnet": "3x224x224",
    "convnext_tiny": "3x64x64",
    "densenet121": "3x64x64",
    "efficientnet_b0": "3x64x64",
    "googlenet": "3x96x96",
    "mobilenet_v3_small": "3x96x96",
    "resnet18": "3x224x224",
    "shufflenet_v2_x1_0": "3x96x96",
    "vit_b_16": "3x224x224",
    "r3d_18": "3x8x32x32",
}
MOST_KEPT: Final = 4096
"""The values of a constant that are kept."""


def recorded(module: Any, given: Any, name: str) -> dict[str, Any]:
    """The pass, with what PyTorch counts."""
    from cnncalc.models.pytorch.model import ModuleModel
    from cnncalc.models.pytorch.recorder import Recorder
    from cnncalc.models.pytorch.recording import CONSTANT

    model = ModuleModel(module, given, name)
    recorder = Recorder(module, name)
    recording = model.recorded(recorder, model.own_inputs)
    for number, fact in enumerate(recording.tensors):
        if fact.kind == CONSTANT and recorder.live[number].numel() <= MOST_KEPT:
            fact.numbers = recorder.numbers_of(number)
    return {
        "parameters": sum(each.numel() for each in module.parameters()),
        "buffers": sum(each.numel() for path, each in module.named_buffers() if "num_batches" not in path),
        "recording": recording.to_json(),
    }


def write(name: str, facts: dict[str, Any]) -> None:
    """Write a file, the same whenever it is written."""
    text = json.dumps(facts, separators=(",", ":"), default=str)
    with (FOLDER / f"{name}.json.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def main() -> None:
    """Record all."""
    torch: Any = import_module("torch")
    torch.manual_seed(0)
    for name, shape in VISION.items():
        vision = import_module("torchvision.models.video" if name == "r3d_18" else "torchvision.models")
        more = {"init_weights": False} if name == "googlenet" else {}
        write(name, recorded(getattr(vision, name)(weights=None, **more), shape, name))
    for name, (make, given) in SMALL.items():
        write(name, recorded(make(torch), given, name))


if __name__ == "__main__":
    main()
