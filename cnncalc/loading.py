"""From what a user names to a network: finding the text, reading it, building it at an input size."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from cnncalc import library
from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.layers import LAYERS
from cnncalc.layout import Shape, parse_shape
from cnncalc.spec.choice import Choice
from cnncalc.spec.document import Spec
from cnncalc.spec.expand import expand
from cnncalc.spec.making import TooSmallError
from cnncalc.spec.nodes import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.network import Network

MAX_BYTES: Final = 32 * 2**20
"""The largest spec that is read."""


def load(
    source: str | os.PathLike[str],
    *,
    input: Any = None,  # noqa: A002 - the word that the spec and the command line use
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    layers: Mapping[str, type[Layer]] = LAYERS,
) -> Network:
    """The network of a spec.

    `source` is a path, the name of a bundled architecture or variant, `-` for standard input, or the YAML text itself,
    which is told by its line breaks. `input` replaces the spec's input: `"3x224x224"`, `[3, 224, 224]` or, for several
    inputs, a dict of such. `variant` names one of the spec's variants, and `set` overrides parameters. `layers` are the
    layer types, for those who add their own. Raises `CnncalcError`.

    >>> load("lenet", input="1x32x32").nodes[0].output_shape
    (6, 32, 32)
    """
    return build(choose(source, variant, dict(set or {})), input, layers)


def choose(source: str | os.PathLike[str], variant: str | None, settings: dict[str, Any]) -> Choice:
    """The spec that `source` stands for, with its variant chosen and its parameters set."""
    spec, named = addressed(source, variant)
    return Choice(spec, named, settings)


def choose_all(source: str | os.PathLike[str], variant: str | None, settings: dict[str, Any]) -> Iterator[Choice]:
    """As `choose`, once for each variant where neither `source` nor `variant` names one."""
    spec, named = addressed(source, variant)
    for each in (named,) if named else spec.variants or (None,):
        yield Choice(spec, each, settings)


def addressed(source: str | os.PathLike[str], variant: str | None) -> tuple[Spec, str | None]:
    """The spec, and the variant that either argument names."""
    spec, addressed = find(source)
    if addressed is not None and variant is not None and addressed != variant:
        raise CnncalcError(f"`{os.fspath(source)}` names the variant {addressed}, and {variant} is asked for")
    return spec, variant or addressed


def build(choice: Choice, override: Any = None, layers: Mapping[str, type[Layer]] = LAYERS) -> Network:
    """The network of a chosen spec, with its own input sizes or with others."""
    inputs = _inputs(choice, override)
    try:
        network = expand(choice, inputs, layers)
    except TooSmallError as error:
        error.hint = _size_hint(choice, inputs, layers) or error.hint
        raise
    except CnncalcError as error:
        doubts = choice.spec.layout.doubts(inputs, choice.inputs)
        error.notes = (*error.notes, *((doubt, None) for doubt in doubts))
        raise
    network.choice = choice
    return network


def _size_hint(choice: Choice, inputs: dict[str, Shape], layers: Mapping[str, type[Layer]]) -> str | None:
    """What to do about inputs that are too small for a window: turn them, or take the smallest."""
    layout = choice.spec.layout
    for name, shape in inputs.items():
        meant = layout.turned(shape, choice.inputs.get(name))
        if meant is not None:
            return layout.order_hint(meant)
    from cnncalc.spec.smallest import smallest_input

    smallest = smallest_input(lambda shapes: expand(choice, shapes, layers), inputs)
    if smallest is None:
        return None
    return f"with this network the smallest input is {', '.join(map(layout.text, smallest.values()))}"


def find(source: str | os.PathLike[str]) -> tuple[Spec, str | None]:
    """The parsed spec that a path, a bundled name, `-` or a text stands for, and the variant that it names, if any."""
    name = os.fspath(source)
    if "\n" in name:
        return Spec(Source("<text>", name)), None
    if name == "-":
        return Spec(Source("<stdin>", _standard_input())), None
    if os.path.exists(name):
        return Spec(Source(name, _text(name))), None
    bundled = library.find(name)
    if bundled is not None:
        path, variant = bundled
        return Spec(Source(os.path.basename(path), _text(path))), variant
    file, _, variant = name.rpartition(":")
    if file and variant and (os.path.exists(file) or library.find(file)):
        return find(file)[0], variant
    hint = did_you_mean(name.partition(":")[0], library.every_name(), "bundled")
    raise CnncalcError(f"there is no file `{name}`, and no bundled architecture of that name", hint=hint)


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return _decoded(file.read(MAX_BYTES + 1), path)
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}") from None


def _standard_input() -> str:
    try:
        return _decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    except OSError as error:
        raise CnncalcError(f"cannot read standard input: {error.strerror}") from None


def _decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark."""
    if len(data) > MAX_BYTES:
        raise CnncalcError(f"{name} is larger than {MAX_BYTES // 2**20} MiB, the most for a spec")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "is this a text file? a spec is YAML in UTF-8"
        raise CnncalcError(f"{name}:{line}: not {encoding.upper()}: byte {data[error.start]:#04x}", hint=hint) from None


def _inputs(choice: Choice, override: Any) -> dict[str, Shape]:
    """The shape of each input, the spec's own or those that replace them."""
    spec = choice.spec
    inputs = dict(choice.inputs)
    if override is not None:
        given = override if isinstance(override, dict) else {next(iter(inputs), "input"): override}
        if not isinstance(override, dict) and len(inputs) > 1:
            names = ", ".join(inputs)
            raise CnncalcError(f"{spec.name} has several inputs", hint=f"say which with NAME=SHAPE: {names}")
        for name, shape in ((str(name), shape) for name, shape in given.items()):
            if inputs and name not in inputs:
                raise CnncalcError(f"{spec.name} has no input `{name}`", hint=did_you_mean(name, inputs, "inputs"))
            inputs[name] = _given(name, shape, spec)
    if not inputs:
        raise CnncalcError(
            f"{spec.source.name} has no `input`",
            hint="write input: 3x224x224 into it, or give --input 3x224x224",
        )
    return inputs


def _given(name: str, shape: Any, spec: Spec) -> Shape:
    try:
        return spec.layout.internal(parse_shape(list(shape) if isinstance(shape, tuple) else shape))
    except ValueError as error:
        raise CnncalcError(f"the shape of `{name}` {error}") from None
