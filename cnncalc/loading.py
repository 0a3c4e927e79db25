"""From what a user names to a network: finding the text, reading it, building it at an input size."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from cnncalc import library
from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.layers import LAYERS
from cnncalc.layout import Shape, parse_shape
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.choice import Choice
from cnncalc.spec.document import Spec
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
    return build_from(Blueprint(choice, layers), override)


def build_from(blueprint: Blueprint, override: Any = None) -> Network:
    """The network of a blueprint, with the input sizes that it has or with others given."""
    blueprint = blueprint.with_inputs(_given_inputs(blueprint, override))
    try:
        return blueprint.at(blueprint.inputs)
    except TooSmallError as error:
        hint = _turned(blueprint) or _smallest(blueprint)
        raise (error if hint is None else error.with_hint(hint)) from None
    except CnncalcError as error:
        doubts = blueprint.spec.layout.doubts(blueprint.inputs, blueprint.choice.inputs)
        error.notes = (*error.notes, *((doubt, None) for doubt in doubts))
        raise


def _turned(blueprint: Blueprint) -> str | None:
    """The hint for an input whose channels seem to stand at the wrong end."""
    layout, own = blueprint.spec.layout, blueprint.choice.inputs
    turned = (layout.turned(shape, own.get(name)) for name, shape in blueprint.inputs.items())
    return next((layout.order_hint(meant) for meant in turned if meant is not None), None)


def _smallest(blueprint: Blueprint) -> str | None:
    """The hint that names the smallest input, if it is found."""
    from cnncalc.spec.smallest import smallest_input

    smallest = smallest_input(blueprint, blueprint.inputs)
    if smallest is None:
        return None
    return f"with this network the smallest input is {', '.join(map(blueprint.spec.layout.text, smallest.values()))}"


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
    hint = did_you_mean(name.partition(":")[0], library.every_name(), "bundled") or library.LISTED
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


def _given_inputs(blueprint: Blueprint, override: Any) -> dict[str, Shape]:
    """The shapes that replace those of the blueprint's inputs, each of an input that there is."""
    spec, inputs = blueprint.spec, blueprint.inputs
    if not inputs and not override:
        hint = "write input: 3x224x224 into it, or give --input 3x224x224"
        raise CnncalcError(f"{spec.source.name} has no `input`", hint=hint)
    if override is None:
        return {}
    if not isinstance(override, dict):
        if len(inputs) > 1:
            names = ", ".join(inputs)
            raise CnncalcError(f"{spec.name} has several inputs", hint=f"say which with NAME=SHAPE: {names}")
        override = {next(iter(inputs), "input"): override}
    given: dict[str, Shape] = {}
    for name, shape in ((str(name), shape) for name, shape in override.items()):
        if inputs and name not in inputs:
            raise CnncalcError(f"{spec.name} has no input `{name}`", hint=did_you_mean(name, inputs, "inputs"))
        given[name] = _given(name, shape, spec)
    return given


def _given(name: str, shape: Any, spec: Spec) -> Shape:
    try:
        return spec.layout.internal(parse_shape(list(shape) if isinstance(shape, tuple) else shape))
    except ValueError as error:
        raise CnncalcError(f"the shape of `{name}` {error}") from None
