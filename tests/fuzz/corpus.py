"""The specs that mutations start from: seeds of every feature of the language, and small bundled architectures."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

SEEDS: Final = Path(__file__).parent / "seeds"
BUNDLED: Final = Path(__file__).parents[2] / "architectures"
SMALL: Final = (
    *("autoencoder", "cifar_resnet", "dcgan", "effnet", "espcn", "filters", "fsrcnn", "keras_mobilenet", "lenet"),
    *("mobilenet_v2", "nin", "shufflenet_v1", "squeezenet", "srcnn", "tcn", "text_cnn"),
)
"""The bundled files whose forward pass takes a blink, at the sides below."""
SIDES: Final = "72x72"
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""A tenth of the time, where libyaml is installed."""

_SIDES: Final = re.compile(r"^(input: .*)(?<=x)\d{3}x\d{3}\b", re.MULTILINE)


class Seed(NamedTuple):
    """A valid spec, as text and as plain values."""

    name: str
    text: str
    tree: dict[str, Any]


@cache
def seeds() -> tuple[Seed, ...]:
    """Those of the folder, and the bundled ones with a smaller input."""
    own = [(path.name, path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.yaml"))]
    texts = ((f"{name}.yaml", (BUNDLED / f"{name}.yaml").read_text("utf-8")) for name in SMALL)
    bundled = [(name, _SIDES.sub(rf"\g<1>{SIDES}", text)) for name, text in texts]
    return tuple(Seed(name, text, yaml.load(text, LOADER)) for name, text in (*own, *bundled))


def dumped(tree: Any) -> str:
    """A tree as YAML, an entry a line, so that lines can be left out."""
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1_000)
