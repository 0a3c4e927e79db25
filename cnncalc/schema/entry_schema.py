"""The schemas of the entries of `layers`: layers in their spellings, groups, residual and parallel ones.

There are two of each: `entry`, where every type is one of ours, and `entry_or_block` for specs with `blocks`, where a
word that is no type of ours may be a block of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import LAYERS
from cnncalc.layers.description import describe
from cnncalc.schema.option_schema import ACTIVATION, EXPRESSION, option_schema
from cnncalc.shapes import MAX_RANK
from cnncalc.spec.entries import MERGES
from cnncalc.spec.loops import MOST_ROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.layers.base import Layer
    from cnncalc.schema.option_schema import Schema

WORD: Final[Schema] = {"type": ["string", "number", "boolean"], "minLength": 1}
"""What may stand for a name: `1` is one, too."""
COMMON: Final[dict[str, Schema]] = {
    "name": {
        "description": "the entry's name, unique in its scope; {...} in it is an expression",
        **WORD,
    },
    "from": {
        "description": "the earlier outputs that it takes, by name, instead of that of the entry before (`previous`)",
        "anyOf": [WORD, {"type": "array", "items": WORD, "minItems": 1}],
    },
    "when": {
        "description": "whether the entry is there at all",
        "anyOf": [{"type": "boolean"}, EXPRESSION],
    },
    "share": {
        "description": "the earlier layer, block or group whose arrays it uses; `false` keeps its own",
        "type": ["string", "number", "boolean", "null"],
        "minLength": 1,
    },
    "trainable": {
        "description": "whether the weights in it are trained; `false` counts them as frozen",
        "anyOf": [{"type": ["boolean", "null"]}, EXPRESSION],
    },
}
"""The options of every entry."""
RESERVED: Final = ("type", "layers", "repeat", "for", *COMMON)
"""The keys that are never a type."""


REUSE: Final[Schema] = {
    "description": "an earlier layer, block or group once more, with its options and its arrays",
    "type": "object",
    "properties": {**{key: COMMON[key] for key in ("name", "from", "when")}, "share": WORD},
    "required": ["share"],
    "additionalProperties": False,
}


def layer_schema(kind: type[Layer]) -> Schema:
    """The schema of a type's options, as they stand below `conv2d:`.

    >>> layer_schema(LAYERS["conv"])["required"]
    ['out_channels', 'kernel_size']
    """
    described = describe(kind)
    options = {known.name: option_schema(kind.options[known.name], known) for known in described.options}
    required = [known.name for known in described.options if known.required]
    return _mapping(
        "\n\n".join([*described.paragraphs, f"Example: {described.example}"]), {**options, **COMMON}, required
    )


def typed_schema(name: str, schema: Schema) -> Schema:
    """The same options beside `type`, as in `{type: conv2d, ...}`."""
    options = {word: {"$ref": f"#/$defs/{name}/properties/{word}"} for word in schema["properties"]}
    return _mapping(schema["description"], {"type": True, **options}, ["type", *schema.get("required", [])])


def _mapping(description: str, properties: dict[str, Any], required: list[str]) -> Schema:
    known = {"description": description, "properties": properties, "additionalProperties": False}
    if not required:  # then nothing may stand there, too
        return {"type": ["object", "null"], **known}
    return {"type": "object", "required": required, **known}


class EntrySchemas:
    """The definitions of entries, for specs with blocks of their own or without; `types` are the layers' schemas."""

    def __init__(self, types: dict[str, Schema], *, with_blocks: bool) -> None:
        self.types = types
        self.with_blocks = with_blocks
        self.suffix = "_or_block" if with_blocks else ""

    def definitions(self) -> dict[str, Schema]:
        """The definitions by name."""
        forms = [self._alone(), self._short(), self._typed(), self._ref("group"), REUSE]
        return {
            f"entry{self.suffix}": {"anyOf": forms},
            f"entries{self.suffix}": {"type": "array", "items": self._ref("entry")},
            f"group{self.suffix}": self._group(),
            f"residual{self.suffix}": self._residual(),
            f"parallel{self.suffix}": self._parallel(),
            f"typed_residual{self.suffix}": typed_schema(f"residual{self.suffix}", self._residual()),
            f"typed_parallel{self.suffix}": typed_schema(f"parallel{self.suffix}", self._parallel()),
        }

    def _ref(self, name: str) -> Schema:
        return {"$ref": f"#/$defs/{name}{self.suffix}"}

    def _alone(self) -> Schema:
        """A type without options, as in `- relu`."""
        words = [
            {"const": written, "description": self.types[name]["description"]}
            for written, name in spellings()
            if "required" not in self.types[name]
        ]
        if not self.with_blocks:
            return {"anyOf": [*words, EXPRESSION]}
        known = [written for written, _ in spellings()]
        return {"anyOf": [*words, {"type": "string", "minLength": 1, "not": {"enum": [*known, *GROUPS]}}]}

    def _short(self) -> Schema:
        """A type and its options, as in `- conv2d: {...}`."""
        of_type = {written: {"$ref": f"#/$defs/{name}"} for written, name in spellings()}
        options = {"type": ["object", "null"]}
        return {
            "type": "object",
            "properties": {**of_type, **{name: self._ref(name) for name in GROUPS}, **dict.fromkeys(RESERVED, False)},
            "patternProperties": {"^=": options},
            "additionalProperties": options if self.with_blocks else False,
            "minProperties": 1,
            "maxProperties": 1,
        }

    def _typed(self) -> Schema:
        """A type among its options, as in `- {type: conv2d, ...}`."""
        spelt: dict[str, list[str]] = {}
        for written, name in spellings():
            spelt.setdefault(f"typed_{name}", []).append(written)
        spelt |= {f"typed_{name}{self.suffix}": [name] for name in GROUPS}
        known = [written for names in spelt.values() for written in names]
        written_type = {
            "anyOf": [{"enum": known}, {"type": "string", "minLength": 1} if self.with_blocks else EXPRESSION]
        }
        return {
            "type": "object",
            "properties": {"type": {"description": "the layer type", **written_type}},
            "required": ["type"],
            "allOf": [
                {
                    "if": {"properties": {"type": {"enum": names}}, "required": ["type"]},
                    "then": {"$ref": f"#/$defs/{name}"},
                }
                for name, names in spelt.items()
            ],
        }

    def _group(self) -> Schema:
        rounds = {"type": ["integer", "string"], "minimum": 0, "maximum": MOST_ROUNDS, "pattern": "^="}
        lists = {"type": ["array", "string"], "pattern": "^="}
        properties = {
            "layers": {"description": "the entries of the group, in a row", **self._ref("entries")},
            "repeat": {"description": "how many times over; `index` counts from 0", **rounds},
            "for": {
                "description": 'lists walked together: {width: [64, 128]}, or by rows {"width, depth": [[64, 3]]}',
                "type": "object",
                "minProperties": 1,
                "additionalProperties": lists,
            },
            **COMMON,
        }
        group = _mapping("entries in a row; with a name, a scope of their own", properties, ["layers"])
        return {**group, "not": {"required": ["repeat", "for"]}}

    def _residual(self) -> Schema:
        shortcut = [{"type": "boolean"}, EXPRESSION, self._ref("entries")]
        properties = {
            "layers": {"description": "the entries whose output is added to the shortcut's", **self._ref("entries")},
            "shortcut": {
                "description": "entries, true for the identity (the default), or false for no sum",
                "anyOf": shortcut,
            },
            "activation": {**ACTIVATION, "description": "the activation of the sum"},
            **COMMON,
        }
        return _mapping("entries, and a shortcut around them: the sum of both", properties, ["layers"])

    def _parallel(self) -> Schema:
        branch = {"anyOf": [self._ref("entries"), self._ref("group")]}
        properties = {
            "branches": {
                "description": "lists of entries, which all take the same; each round of a loop is a branch",
                "type": "array",
                "items": branch,
                "minItems": 1,
            },
            "merge": {"description": "how they come together", "anyOf": [{"enum": list(MERGES)}, EXPRESSION]},
            "activation": {**ACTIVATION, "description": "the activation of the merge"},
            **COMMON,
        }
        return _mapping("branches that are merged", properties, ["branches"])


GROUPS: Final = ("residual", "parallel")


def spellings() -> Iterator[tuple[str, str]]:
    """Every way to write a type, and the type's own name."""
    for name, kind in LAYERS.items():
        yield name, name
        if kind.ranked:
            yield from ((f"{name}{rank}d", name) for rank in range(1, MAX_RANK + 1))
