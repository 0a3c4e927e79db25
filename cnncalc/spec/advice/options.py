"""Hints for options that a layer has not, that it needs, or whose values it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.layers import LAYERS, find
from cnncalc.spec.advice.other_options import UNCHANGED, other_option_hint
from cnncalc.spec.advice.values import value_hint
from cnncalc.spec.advice.writing import example_hint, flow, short
from cnncalc.spec.yaml_tree import MERGE_HINT, MERGE_KEY
from cnncalc.text_nodes import Mapping, Scalar, TextNode

if TYPE_CHECKING:
    from cnncalc.errors import LayerError
    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import LayerEntry, Options

_ABBREVIATIONS: Final = {
    "kernel_size": "k ks ksize f fs filter_size field_size size kernel",
    "stride": "s",
    "padding": "p pad pads",
    "dilation": "d rate dilations dilation_rate",
    "groups": "g num_group n_groups cardinality",
    "out_channels": "n c out oc channels_out out_planes planes features num_filter num_filters n_filters nb_filter",
    "out_features": "n out neurons nodes size hidden num_hidden output",
    "bias": "b bias_filler bias_init b_init init_bias",
    "weight": "weights weight_init w_init init initializer filler weights_initializer",
    "activation": "act activation_fn nonlinearity activation_layer act_cfg act_layer",
    "output_size": "target_shape",
    "shape": "new_shape",
    "negative_slope": "slope",
    "dim": "concat_dim",
    "value": "constant_values",
    "k": "knorm",
    "eps": "variance_epsilon",
    "scale_factor": "zoom_factor",
    "p": "rate drop probability ratio",
}
"""What papers and other programs write for an option, beside the names that its class knows."""

_BEHIND: Final = {
    "batch_norm": "batch_norm batch_normalize batchnorm bn use_bn use_batch_norm normalization norm norm_layer",
    "dropout": "dropout dropout_rate",
    "max_pool2d: {kernel_size: 2}": "pool pooling max_pool maxpool",
}
"""What is a layer of its own here, and the options that it is elsewhere."""

_INPUTS: Final = frozenset(("inputs", "input", "bottom", "inbound_nodes", "sources"))
_SHAPES: Final = frozenset(("input_shape", "input_dim", "batch_input_shape", "input_size", "batch_shape"))
_OPTIONS: Final = frozenset(("params", "options", "args", "kwargs", "config", "parameters", "attributes", "opts"))
_REPEATS: Final = frozenset(("repeat", "repeats", "times", "num_layers"))
_CONDITIONS: Final = frozenset(("if", "condition", "cond"))


def refused_hint(error: LayerError, written: LayerEntry, type_name: str, spec: Spec) -> str | None:
    """The hint for what the class of a type refuses among the options of an entry; None if there is no better one."""
    found = find(type_name, LAYERS)
    if error.option is None or found is None:
        return error.hint
    given = written.options.get(error.option)
    if given is None:
        return example_hint(type_name, as_call=spec.in_one_line) if error.hint is None else error.hint
    if error.code == "unknown-option" and _is_behind_from(given, written):
        return f"several names are a list: from: [{_text(written.from_)}, {error.option}]"
    if error.code == "unknown-option":
        return unknown_option_hint(error.option, written.options, found[0]) or error.hint
    return value_hint(error.option, given[1], written, found[0], spec) or error.hint


def _text(node: TextNode | None) -> str:
    """A node as a hint writes it."""
    return "" if node is None else flow(node.plain())


def _is_behind_from(option: tuple[Scalar, TextNode], written: LayerEntry) -> bool:
    """Whether a word without value follows the only name of `from`, as where a comma in braces has cut a list."""
    key, value = option
    taken = written.from_
    if not isinstance(taken, Scalar) or not isinstance(value, Scalar) or value.value is not None:
        return False
    return taken.line == key.line and taken.column < key.column


def unknown_option_hint(word: str, options: Options, kind: type[Layer]) -> str | None:
    """What is meant by an option that a layer has not; None where its class or the nearest word tells it best."""
    value = options[word][1]
    cut = re.fullmatch(r"(\w+) ?([:=]) ?(.+)", word)
    if cut and isinstance(value, Scalar) and value.value is None:
        return f"a colon and a blank stand between option and value: {cut[1]}: {cut[3]}"
    joined = _cut_at_comma(word, options)
    if joined is not None:
        return joined
    if any(word in known.aliases for known in kind.options.values()):
        return None
    told = other_option_hint(word, kind) or _abbreviated(word, kind)
    if told is not None:
        return told
    for layer, words in _BEHIND.items():
        if word in words.split():
            return f"write it as a layer after this one: - {layer}"
    return _of_entry(word, value) or _of_frameworks(word, value, options, kind)


def _abbreviated(word: str, kind: type[Layer]) -> str | None:
    """The hint for what papers and other programs write for an option of the class."""
    ours = (name for name, words in _ABBREVIATIONS.items() if name in kind.options and word in words.split())
    return next((f"it is called `{name}` here" for name in ours), None)


def _cut_at_comma(word: str, options: Options) -> str | None:
    """The list that was meant where a comma in braces ends a value, and what follows it is taken for an option."""
    words = list(options)
    at = words.index(word)
    key, value = options[word]
    if at == 0 or not (isinstance(value, Scalar) and value.value is None):
        return None
    before = options[words[at - 1]][1].plain()
    if not isinstance(key.value, (int, float)) or isinstance(before, (list, dict)) or before is None:
        return None
    return f"a list stands in square brackets: {words[at - 1]}: [{before}, {word}]"


def _of_entry(word: str, value: TextNode) -> str | None:
    """What stands elsewhere in an entry or in the spec."""
    plain = flow(value.plain())
    hints = {
        f"`from` names what a layer takes: from: {plain}": word in _INPUTS,
        f"options stand beside the type, and not in `{word}`": word in _OPTIONS and isinstance(value, Mapping),
        f"a condition is `when`: when: {plain}": word in _CONDITIONS,
        f"a loop is a group: - {{repeat: {plain}, layers: [...]}}": word in _REPEATS,
        f"it stands once, at the top of the spec: input: {_channels_first(value)}": word in _SHAPES,
        MERGE_HINT: word == MERGE_KEY,
    }
    return next((short(hint) for hint, holds in hints.items() if holds), None)


def _channels_first(value: TextNode) -> str:
    """A shape of Keras, which has its channels last and perhaps the batch, as ours."""
    plain = value.plain()
    sizes = [size for size in (plain if isinstance(plain, list) else [plain]) if isinstance(size, int)]
    return "x".join(map(str, [*sizes[-1:], *sizes[:-1]])) if 1 <= len(sizes) <= 4 else "3x224x224"


def _of_frameworks(word: str, value: TextNode, options: Options, kind: type[Layer]) -> str | None:
    """What a parameter of PyTorch's or Keras's classes means here."""
    from cnncalc.frameworks.classes import FRAMEWORKS
    from cnncalc.frameworks.rules import ignored

    if any(framework.rules.get(word) is ignored for framework in FRAMEWORKS):
        return UNCHANGED
    if word == "padding_mode" and kind.type_name == "conv_transpose":
        return "its padding is cut off the output, so that nothing fills it: leave it out"
    if word == "padding_mode":
        padding = options["padding"][1].plain() if "padding" in options else 1
        pad = {"padding": padding, "mode": {"zeros": "constant"}.get(str(value.plain()), value.plain())}
        return short(f"put `- pad: {flow(pad)}` before it, and leave `padding` out")
    return None
