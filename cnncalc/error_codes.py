"""The codes of what can be wrong with a spec: one for each kind of mistake, and stable, for other programs."""

from __future__ import annotations

from typing import Final, Literal

Code = Literal[
    "not-found",
    "unreadable",
    "syntax",
    "duplicate-key",
    "unknown-key",
    "unknown-type",
    "unknown-option",
    "missing",
    "bad-value",
    "expression",
    "name",
    "shape",
    "weights",
    "limit",
    "unexpected",
    "over-budget",
]

CODES: Final[dict[Code, str]] = {
    "not-found": "there is no such file, architecture, variant, parameter or input",
    "unreadable": "a file that cannot be read, or is no text",
    "syntax": "the text is not YAML, or not a line of layers",
    "duplicate-key": "a key stands twice in a mapping",
    "unknown-key": "a spec, block or variant has no such key",
    "unknown-type": "there is no such layer type or block",
    "unknown-option": "the layer type, block or group has no such option",
    "missing": "something that must be given is not: an option, `layers`, `input`",
    "bad-value": "a value that cannot stand where it stands",
    "expression": "an expression has no value",
    "name": "a name that is unknown, taken, or cannot be one",
    "shape": "a layer cannot take what arrives at it",
    "weights": "arrays of a file of weights are missing, surplus or of another shape than the network's",
    "limit": "the network is larger than anything that is built",
    "unexpected": "a figure is not what `expect` says",
    "over-budget": "a figure is more than its budget",
}
"""What each code means."""
