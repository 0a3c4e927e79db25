"""Writes the figures of a network into its spec's file, as what is expected of it: `check --write-expect`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.checking.figures import Holder
from cnncalc.checking.text_edits import Edit, EditedText
from cnncalc.checking.verdict import figure_text
from cnncalc.errors import CnncalcError
from cnncalc.interchange.output_files import opened
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.document import Spec
from cnncalc.spec.expectations import EXPECT, Statement, Statements
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.mistakes import Mistakes
from cnncalc.spec.sources import spec_and_variant
from cnncalc.spec.variant import ChosenVariant
from cnncalc.text_nodes import Mapping, Scalar, Sequence, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.checking.results import Figure
    from cnncalc.text_nodes import TextNode

FIRST: Final = ("parameters", "macs")
"""The figures that are written where nothing is expected yet."""


class NoEditError(CnncalcError):
    """The text that a spec stands in cannot be edited."""


class Written(NamedTuple):
    """A file whose text is to change: what it becomes, and what is said of each change."""

    path: str
    data: bytes
    changes: tuple[str, ...]

    def write(self) -> None:
        """Put the new text in the place of the file, whole or not at all; raises `CnncalcError`."""
        with opened(self.path) as file:
            file.write(self.data)


def with_expectations(argument: str, variant: str | None = None) -> Written | None:
    """The file of a spec with the figures of its networks as what is expected; None where all of them stand there.

    What is expected already is renewed where it does not hold; where nothing is, it is the parameters and MACs. A
    variant that has no `expect` of its own gets one where the file's does not hold for it. Raises `CnncalcError`: for
    a spec that is no file, or that is wrong.
    """
    if argument == "-":
        raise NoEditError("--write-expect edits files, and standard input is none")
    spec, named = spec_and_variant(argument, variant)
    path = spec.source.name
    if not spec.source.text and os.path.isfile(path):
        fact = f"--write-expect edits specs, and {path} is a model"
        raise NoEditError(fact, hint=f"`cnncalc import {path} -o FILE` makes a spec of it, with its figures")
    if argument not in (path, f"{path}:{named}") or not os.path.isfile(path):
        hint = None if spec.in_one_line else f"`cnncalc show {argument} -o FILE` makes a file of what is bundled"
        raise NoEditError(f"--write-expect edits files, and `{argument}` is none", hint=hint)
    with open(path, "rb") as file:
        before = _Encoded(file.read())
    writer = _Writer(spec, EditedText(before.text))
    for name in spec.variants or (None,) if named is None else (named,):
        writer.add(name)
    if not writer.edits:
        return None
    after = writer.edited()
    if not _says_the_same(after, spec):
        raise writer.hindered()
    return Written(path, before.encoded(after), tuple(writer.changes))


class _Encoded:
    """The text of a file, and how to encode another like it."""

    def __init__(self, data: bytes) -> None:
        marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
        self.encoding = marks.get(data[:2], "utf-8")
        self.text = data.decode(self.encoding)

    def encoded(self, text: str) -> bytes:
        """Another text, with the mark that this has."""
        return text.encode(self.encoding)


class _Writer:
    """Collects the edits of one file."""

    def __init__(self, spec: Spec, text: EditedText) -> None:
        self.spec = spec
        self.text = text
        self.edits: set[Edit] = set()
        self.changes: list[str] = []

    def add(self, variant: str | None) -> None:
        """Add the edits for a variant, or for the only network of the file; raises `CnncalcError`."""
        choice = ChosenVariant(self.spec, variant)
        network, mistakes = build_at(Blueprint(choice)), Mistakes()
        own = None if variant is None else choice.changes.get(EXPECT)
        said = choice.expected
        wanted = said if said.statements else Statements(tuple(Statement(name, 0, 0) for name in FIRST), said.dtype)
        held = list(Holder(network, self.spec.source, mistakes).hold(wanted, as_budget=False))
        if mistakes:
            raise mistakes.error()
        label = "" if variant is None else f"{variant}: "
        is_new = not said.statements
        changed = [(statement, figure) for statement, figure in held if is_new or not figure.ok]
        self.changes += (f"{label}{_change(figure, is_new=is_new)}" for _, figure in changed)
        if not changed:
            return
        if said.statements and (variant is None or own is not None):
            self.edits |= {self._renewed(statement, figure) for statement, figure in changed}
        else:
            self._insert(variant, own, _flow(held, said.dtype))

    def _renewed(self, statement: Statement, figure: Figure) -> Edit:
        """The edit that makes a figure what is expected."""
        node = statement.node
        assert node is not None
        return self.text.replacement(node, _plain(figure.found, as_list=isinstance(node, Sequence)))

    def _insert(self, variant: str | None, own: TextNode | None, figures: str) -> None:
        """Add the edit that writes an `expect` where there is none, or only an empty one."""
        holder: TextNode | None = self.spec.root if variant is None else self._variants().values[variant]
        if own is None and variant is None:
            own = self.spec.root.get(EXPECT)
        if isinstance(own, Mapping):
            self.edits.add(self.text.entry(own, figures[1:-1]))
        elif isinstance(holder, Mapping):
            self.edits.add(self.text.entry(holder, f"{EXPECT}: {figures}"))
        else:
            assert variant is not None
            assert isinstance(holder, Scalar)
            key = self._variants().keys[variant]
            self.edits.add(self.text.value_of_nothing(key, holder, f"{{{EXPECT}: {figures}}}"))

    def edited(self) -> str:
        """The text with all edits; raises `CnncalcError` where two variants share a figure that is another in each."""
        if len({edit[:2] for edit in self.edits}) < len(self.edits):
            raise self.hindered()
        return self.text.with_edits(self.edits)

    def hindered(self) -> CnncalcError:
        """The error for what cannot be written without changing something else."""
        fact = (
            f"cannot edit `expect` in {self.spec.source.name}: an anchor or a comment stands where it is to be written"
        )
        return NoEditError(fact, hint="write `expect: {}` there, and run this again")

    def _variants(self) -> Mapping:
        """The node of `variants`."""
        node = self.spec.root.values["variants"]
        assert isinstance(node, Mapping)
        return node


def _change(figure: Figure, *, is_new: bool) -> str:
    """What is said of a figure that is written."""
    owner = f" of output `{figure.output}`" if figure.output else f" of `{figure.layer}`" if figure.layer else ""
    was = "" if is_new else f", was {figure_text(figure.expected)}"
    return f"{figure.name}{owner} is {figure_text(figure.found)}{was}"


def _plain(value: Any, *, as_list: bool = False) -> str:
    """A count or shape as YAML has it."""
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(map(str, value))}]" if as_list else "x".join(map(str, value))


def _flow(held: list[tuple[Statement, Figure]], dtype: str | None) -> str:
    """All figures as a mapping in braces."""
    tree: dict[str, Any] = {} if dtype is None else {"dtype": dtype}
    for statement, figure in held:
        place = tree
        for word in _path(statement):
            if word not in place:
                place[word] = {}
            place = place[word]
        place[statement.figure] = _plain(figure.found)
    return _braces(tree)


def _path(statement: Statement) -> Iterator[str]:
    """The keys under which a statement stands."""
    if statement.layer is not None:
        yield from ("layers", statement.layer)
    if statement.output is not None:
        yield from ("outputs", statement.output)


def _braces(tree: dict[str, Any]) -> str:
    items = (f"{key}: {_braces(value) if isinstance(value, dict) else value}" for key, value in tree.items())
    return f"{{{', '.join(items)}}}"


def _says_the_same(text: str, spec: Spec) -> bool:
    """Whether a text says what the spec says, but for what is expected."""
    try:
        other = Spec(Source(spec.source.name, text, spec.source.path))
    except CnncalcError:
        return False
    return not other.mistakes and _without_expectations(other) == _without_expectations(spec)


def _without_expectations(spec: Spec) -> dict[str, Any]:
    """What a spec says, as plain data."""
    plain = spec.root.plain()
    variants = {
        name: {key: value for key, value in node.plain().items() if key != EXPECT}
        for name, node in spec.variants.items()
    }
    return {**{key: value for key, value in plain.items() if key != EXPECT}, "variants": variants}
