"""Writes `recordings/`: a pass of each module as PyTorch gave it, and what PyTorch says of the module.

Of small modules with what PyTorch computes: a batch, what came out, and the arrays that layers have.

By hand, in an environment with PyTorch, torchvision, NumPy and PyYAML, of all or of some: ``python -m
tests.models.pytorch.record [NAME...]``.
"""

from __future__ import annotations

import gzip
import json
import sys
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


def recorded(module: Any, given: Any, name: str, *, values: bool = False) -> dict[str, Any]:
    """The pass, with what PyTorch counts, and with `values` what it computes."""
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
        **(_computed(module, recorder, recording, model) if values else {}),
    }


def _computed(module: Any, recorder: Any, recording: Any, model: Any) -> dict[str, Any]:
    """A batch of two, what PyTorch makes of it, and the arrays that layers have, by their numbers."""
    from cnncalc.models.pytorch.translation import Translator

    torch: Any = import_module("torch")
    arrays: Any = Translator(recording, recorder).translated().arrays().values()
    batch = [
        torch.randn(2, *shape) if each.dtype.startswith("float") else torch.randint(0, 9, (2, *shape))
        for shape, each in zip(model.own_inputs.values(), model.given.values(), strict=True)
    ]
    with torch.no_grad():
        found = flat(module.eval()(*batch))
    return {
        "arrays": {each.number: _short(recorder.array(each.number, "float32").tolist()) for each in arrays},
        "batch": [_short(each.tolist()) for each in batch],
        "outputs": [_short(each.tolist()) for each in found],
    }


def flat(value: Any) -> list[Any]:
    """The tensors that came out, in their order."""
    if hasattr(value, "numel"):
        return [value]
    if not isinstance(value, (dict, list, tuple)):
        return []
    return [each for item in (value.values() if isinstance(value, dict) else value) for each in flat(item)]


def _short(numbers: Any) -> Any:
    """Nested numbers without the digits that single precision does not have."""
    return [_short(each) for each in numbers] if isinstance(numbers, list) else float(f"{numbers:.7g}")


def write(name: str, facts: dict[str, Any]) -> None:
    """Write a file."""
    text = json.dumps(facts, separators=(",", ":"), default=str)
    with (FOLDER / f"{name}.json.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def main(*names: str) -> None:
    """Record those of these names, or all."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    for name, shape in VISION.items():
        if names and name not in names:
            continue
        torch.manual_seed(0)
        vision = import_module("torchvision.models.video" if name == "r3d_18" else "torchvision.models")
        more = {"init_weights": False} if name == "googlenet" else {}
        write(name, recorded(getattr(vision, name)(weights=None, **more), shape, name))
    for name, (make, given) in SMALL.items():
        if names and name not in names:
            continue
        torch.manual_seed(0)
        write(name, recorded(make(torch), given, name, values=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
