"""A case: the files and the command line that a seed and a number stand for."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz import command_lines, corpus, graphs, layer_options, structures
from tests.fuzz.command_lines import SPEC, Context
from tests.fuzz.data_files import data_file
from tests.fuzz.expressions import with_expressions
from tests.fuzz.model_files import model_file
from tests.fuzz.text_mutations import mutated_bytes, mutated_tokens
from tests.fuzz.tree_mutations import mutated_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AGREEMENT: Final = "agreement"
"""Not a command: what several commands say of one spec is held against each other."""

MUTATIONS: Final = {
    "none": 2,
    "bytes": 1,
    "tokens": 2,
    "tree": 6,
    "expressions": 3,
    "structures": 1,
    "layers": 6,
    "graphs": 4,
    "data": 2,
    "models": 4,
}
"""What is done to a spec, with weights; `structures`, `layers` and `graphs` make one, `data` adds a file; `models` are
files of other programs in its place."""

COMMANDS: Final = {
    "summary": 5,
    "check": 2,
    "compare": 1,
    "page": 2,
    "sweep": 1,
    "explain": 3,
    "steps": 3,
    "solve": 4,
    "receptive-field": 4,
    "run": 5,
    "memory": 1,
    "import": 2,
    "export": 3,
    AGREEMENT: 6,
    "list": 0.2,
    "show": 0.2,
    "layers": 0.6,
    "help": 0.3,
    "init": 0.1,
    "completion": 0.1,
}
COLUMNS: Final = ("", "", "", "", "80", "40", "20", "1", "200", "0", "-1", "²", "9" * 30)


@dataclass(frozen=True)
class Case:
    """`files` are contents by name, `arguments` a command line, `columns` what the environment says of the width."""

    name: str
    mutation: str
    command: str
    files: Mapping[str, bytes]
    arguments: tuple[str, ...]
    columns: str = ""

    @property
    def spec(self) -> str:
        """The text of the spec."""
        return self.files[SPEC].decode("utf-8", "backslashreplace")

    def to_json(self) -> str:
        """The case as text, from which it can be replayed."""
        files = {name: _encoded(data) for name, data in self.files.items()}
        return json.dumps({**vars(self), "files": files}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Case:
        """The case of such a text."""
        values: dict[str, Any] = json.loads(text)
        files = {name: _decoded(data) for name, data in values["files"].items()}
        return cls(**{**values, "files": files, "arguments": tuple(values["arguments"])})


def _encoded(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _decoded(data: dict[str, str]) -> bytes:
    return data["text"].encode() if "text" in data else base64.b64decode(data["base64"])


def numbers(seed: int, mutation: str | None = None, command: str | None = None, first: int = 0) -> Iterator[int]:
    """The numbers of the cases, without end: of all, or of one mutation or command."""
    number = first
    while True:
        drawn = _kind(_random(seed, number))
        if mutation in {None, drawn[0]} and command in {None, drawn[1]}:
            yield number
        number += 1


def make(seed: int, number: int) -> Case:
    """The case of a number."""
    rng = _random(seed, number)
    mutation, command = _kind(rng)
    spec, words = model_file(rng) if mutation == "models" else (_spec(rng, mutation), None)
    files = {SPEC: spec}
    context = Context(spec.decode("utf-8", "replace") if words is None else words)
    if mutation == "data":
        name, files["data"] = data_file(rng, context.shape)
        files[name] = files.pop("data")
        context = context._replace(data=name)
    arguments = () if command == AGREEMENT else command_lines.arguments(rng, command, context)
    return Case(f"{seed}-{number}", mutation, command, files, arguments, rng.choice(COLUMNS))


def _random(seed: int, number: int) -> Random:
    """Seeded by a text, which Python hashes with SHA-512: the same on every machine."""
    return Random(f"{seed}-{number}")


def _kind(rng: Random) -> tuple[str, str]:
    """The mutation and the command; a file of data is for `run`, and nothing else is."""
    [mutation] = rng.choices(list(MUTATIONS), list(MUTATIONS.values()))
    [command] = rng.choices(list(COMMANDS), list(COMMANDS.values()))
    return mutation, "run" if mutation == "data" else command


def _spec(rng: Random, mutation: str) -> bytes:
    seed, other = rng.choice(corpus.seeds()), rng.choice(corpus.seeds())
    if mutation == "bytes":
        return mutated_bytes(rng, seed.text.encode())
    if mutation == "tokens":
        return mutated_tokens(rng, seed.text).encode("utf-8", "replace")
    made = {
        "tree": lambda: mutated_tree(rng, seed.tree, other.tree),
        "expressions": lambda: with_expressions(rng, seed.tree),
        "structures": lambda: structures.structure(rng),
        "layers": lambda: layer_options.network(rng),
        "graphs": lambda: graphs.graph(rng),
    }.get(mutation)
    return (seed.text if made is None else corpus.dumped(made())).encode()
