"""What help says of a layer type, taken from its class: docstring, options, an example, other programs' names."""

from __future__ import annotations

import ast
import re
import sys
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc import arguments
from cnncalc.errors import CnncalcError, value_text
from cnncalc.layers import LAYERS, find
from cnncalc.layers.base import Layer
from cnncalc.layers.options import REQUIRED
from cnncalc.layers.weights import Weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.layers.options import Option
    from cnncalc.shapes import Shape

LISTED: Final = "`cnncalc layers` or cnncalc.layer_types() lists all of them"
"""The hint for a type that is like none of them."""

SELDOM: Final = (
    *("weight_norm", "spectral_norm", "weight_standardization", "scaled_weight_standardization"),
    *("in_channels", "in_features", "input_size", "embed_dim", "kdim", "vdim", "data_format"),
)
"""The options of many types that are seldom given, which help has at the end."""

DRAWN: Final = "drawn"
"""What stands for the default of an array that is always there and that the spec may give."""


class OptionDescription(NamedTuple):
    """One option: `kind` says what is allowed, `default` is as a spec would have it, None if it is required."""

    name: str
    required: bool
    kind: str
    default: Any
    meaning: str
    aliases: tuple[str, ...]


class Description(NamedTuple):
    """A layer type. `type` is as asked for, `spellings` are the other ways to write it; `example` is a YAML entry.

    `call` is how a spec in one line writes it, with the options that need no name there, in their order.
    `example_inputs` are shapes, channels first, that the example takes; `()` stands for none known.
    """

    type: str
    spellings: tuple[str, ...]
    family: str
    summary: str
    paragraphs: tuple[str, ...]
    options: tuple[OptionDescription, ...]
    call: str
    example: str
    example_inputs: tuple[Shape, ...]
    aliases: tuple[str, ...]


def layer_types(*names: str, layers: Mapping[str, type[Layer]] | None = None) -> tuple[Description, ...]:
    """The descriptions of the layer types of these names as a spec writes them, or of all, those of a family together.

    `layers` are the layer types, for those who add their own. Raises `CnncalcError` for a name that there is not.

    >>> import cnncalc
    >>> [pool] = cnncalc.layer_types("max_pool2d")
    >>> pool.example
    '- max_pool2d: {kernel_size: 3, stride: 2}'
    >>> pool.call
    'max_pool2d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)'
    >>> [known.type for known in cnncalc.layer_types()][:3]
    ['conv', 'conv_transpose', 'depthwise_conv']
    """
    arguments.words(names, "names of layer types", "layer_types")
    known = arguments.layer_registry(layers) or LAYERS
    if names:
        return tuple(_named(name, known) for name in names)
    every = [describe(kind) for kind in known.values()]
    families = list(dict.fromkeys(found.family for found in every))
    return tuple(sorted(every, key=lambda found: families.index(found.family)))


def _named(written: str, layers: Mapping[str, type[Layer]]) -> Description:
    """The description of a type as a spec writes it."""
    found = find(written, layers)
    if found is None:
        from cnncalc.guide.topics import WORDS
        from cnncalc.layers.other_words import type_hint

        if written in WORDS:
            raise CnncalcError(f"`{written}` is no layer type", hint=f"`cnncalc help {written}` tells what it is")
        hint = type_hint(written, layers, WORDS) or LISTED
        raise CnncalcError(f"there is no layer type `{written}`", hint=hint)
    return describe(*found)


def describe(kind: type[Layer], rank: int | None = None) -> Description:
    """The description of a type, written with a rank if one is given.

    >>> describe(LAYERS["conv"], 2).example
    '- conv2d: {out_channels: 6, kernel_size: 5}'
    """
    ranked = [f"{kind.type_name}{n}d" for n in (1, 2, 3)] if kind.ranked else []
    written = kind.type_name if rank is None else ranked[rank - 1]
    paragraphs = tuple(_paragraphs(kind.__doc__ or ""))
    options = sorted(kind.options.values(), key=lambda known: _place(known, kind.positional))
    example, inputs = _example(kind)
    return Description(
        type=written,
        spellings=tuple(name for name in (kind.type_name, *ranked) if name != written),
        family=_paragraphs(sys.modules[kind.__module__].__doc__ or kind.__module__)[0].partition(".")[0],
        summary=first_sentence(paragraphs[0]) if paragraphs else "",
        paragraphs=paragraphs,
        options=tuple(map(_option, options)),
        call=f"{written}({', '.join(kind.positional)})" if kind.positional else written,
        example=example,
        example_inputs=inputs,
        aliases=kind.aliases,
    )


def _place(known: Option, positional: tuple[str, ...]) -> tuple[int, int]:
    """Where help has an option: required ones first, then those that a line need not name, in their order there."""
    if known.required or known.name in positional:
        place = positional.index(known.name) if known.name in positional else len(positional)
        return (0 if known.required else 1), place
    return (2 if known.name not in SELDOM else 3 + SELDOM.index(known.name)), int(known.kind.makes_layers)


def first_sentence(text: str) -> str:
    """The first sentence, without its full stop.

    >>> first_sentence("As Howard et al. 2019 have it. FLOPs: 5 a value.")
    'As Howard et al. 2019 have it'
    """
    return re.split(r"\.(?=\s+[A-Z`(]|\s*$)", text, maxsplit=1)[0]


def _paragraphs(docstring: str) -> list[str]:
    """The paragraphs of a docstring as one line each, without its examples."""
    first, _, rest = docstring.partition("\n")
    blocks = re.split(r"\n\s*\n", f"{first}\n{dedent(rest)}".strip())
    return [" ".join(block.replace("``", "`").split()) for block in blocks if not block.lstrip().startswith(">>>")]


def _option(known: Option) -> OptionDescription:
    default = None if known.default is REQUIRED else _plain(known.default)
    if isinstance(known.kind, Weight) and not known.kind.switch:
        default = DRAWN
    return OptionDescription(known.name, known.required, known.kind.text, default, known.meaning, tuple(known.aliases))


def _plain(default: Any) -> Any:
    """A default as a spec would have it: one value for all axes as that value."""
    if isinstance(default, Layer):
        return default.type_name
    while isinstance(default, tuple) and len(set(default)) == 1:
        default = default[0]
    return default


def written(value: Any) -> str:
    """A value as a spec would write it."""
    return value if isinstance(value, str) else value_text(value)


def _example(kind: type[Layer]) -> tuple[str, tuple[Shape, ...]]:
    """The YAML entry that the docstring's first example stands for, and the shapes that it is asked with."""
    given, inputs = next(_examples(kind), ({}, ()))
    options = [f"{name}: {written(value)}" for name, value in given.items()]
    if kind.arity[0] > 1 and len(inputs) != 1:
        options.append(f"from: [{', '.join(('previous', *(kind.input_names[1:] or ('input',))))}]")
    name = f"{kind.type_name}{len(inputs[0]) - 1}d" if kind.ranked and inputs else kind.type_name
    return f"- {name}: {{{', '.join(options)}}}" if options else f"- {name}", inputs


def _examples(kind: type[Layer]) -> Iterator[tuple[dict[str, Any], tuple[Shape, ...]]]:
    """The options, and the shapes, of each `Kind(options).method([shapes], ...)` in the docstring's examples."""
    # The docstring is the one place where an example stands, and the tests run it; a second one for the help could be
    # wrong. It is parsed, as brackets nest in options and shapes, and not executed, as it may need what help does not.
    for line in re.findall(r">>> (.+)", kind.__doc__ or ""):
        for call in ast.walk(ast.parse(line)):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
                continue
            layer = _receiver(call.func)
            if isinstance(layer, ast.Call) and isinstance(layer.func, ast.Name) and layer.func.id == kind.__name__:
                options = {str(word.arg): ast.literal_eval(word.value) for word in layer.keywords}
                yield options, tuple(ast.literal_eval(call.args[0]))


def _receiver(method: ast.Attribute) -> ast.expr:
    """What the first of a chain of methods is called on: `Kind()` in `Kind().bound(other).output_shape`."""
    value = method.value
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value
    return value
