"""Hints for the keys at the top of a spec that there are not, and for texts that are no specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import did_you_mean, value_text
from cnncalc.spec.yaml_errors import colon_error, glued_error
from cnncalc.spec.yaml_tree import MERGE_HINT, MERGE_KEY, MINIMAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.errors import CnncalcError
    from cnncalc.text_nodes import Source, TextNode


def no_spec_error(source: Source, root: TextNode) -> CnncalcError:
    """The error for a text that is one word or number: often that is a key without the blank behind its colon."""
    message = f"a spec is a mapping or a list of layers, not {value_text(root.plain())}"
    lines = [root.line]
    return glued_error(source, lines) or colon_error(source, lines) or source.error(root, message, MINIMAL)


_OTHER_KEYS: Final = {
    "input": "input_shape input_size input_dim shape in image_size",
    "layers": "model network net architecture structure modules body",
    "parameters": "params hyperparameters variables settings",
    "outputs": "output",
    "blocks": "modules_defs definitions functions macros",
    "name": "title id",
    "source": "reference paper",
    "weights": "pretrained checkpoint state_dict weight_file weights_file load",
}
"""What keys are called elsewhere."""


OTHER_FILES: Final = {
    "schema_version": "what cnncalc writes is no spec",
    "class_name": "the JSON of a Keras model is no spec",
    "nc": "the YAML of a YOLO model is no spec",
}
"""Whose file it is that has such a key."""


def key_hint(word: str, known: Iterable[str]) -> str | None:
    """The hint for an unknown key of a spec, where those are known.

    >>> key_hint("input_shape", ["input"]), key_hint("layer", ["layers"])
    ('it is called `input` here', 'did you mean `layers`?')
    """
    if word == MERGE_KEY:
        return MERGE_HINT
    if is_number(word):
        return "a list stands in square brackets, as in input: [3, 32, 32]"
    if word in OTHER_FILES:
        return OTHER_FILES[word]
    ours = next((ours for ours, words in _OTHER_KEYS.items() if word.lower() in words.split()), None)
    return f"it is called `{ours}` here" if ours else did_you_mean(word, known, "keys")


def is_number(word: str) -> bool:
    """Whether a key is a number, perhaps with the bracket of a list that YAML has cut."""
    return word.strip(" ()").isdecimal()
