"""The guide tells the truth: its examples are built and run, and what it lists is all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.cli import _HOMES
from cnncalc.guide.markup import Fenced, Heading, Item
from cnncalc.guide.topics import TOPICS, WORDS, section, topic, topics
from cnncalc.layers import LAYERS, find
from cnncalc.sessions import measuring, operations, rule
from cnncalc.sessions.rule import Kernel
from cnncalc.spec.document import BLOCK_KEYS, KEYS, SPEC_BLOCK_KEYS
from cnncalc.spec.entries import MERGES
from cnncalc.spec.operators import FUNCTIONS
from cnncalc.summary.results import Totals
from cnncalc.text_nodes import COMMON
from tests.console import matches, parsed
from tests.python_lines import hold
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PADDING_WORDS = getattr(LAYERS["conv"].options["padding"].kind, "words")  # noqa: B009 - not every kind has some
MOST_COLUMNS = 76
"""The longest line of an example, which is set in by 4."""


def fenced(name: str, language: str) -> list[Fenced]:
    """The examples of a topic in a language."""
    return [block for block in topic(name).blocks if isinstance(block, Fenced) and block.language == language]


def every(language: str) -> Iterator[Any]:
    """The examples of all topics in a language."""
    for name in TOPICS:
        for number, example in enumerate(fenced(name, language), 1):
            yield pytest.param(example, id=f"{name}-{number}")


@pytest.mark.parametrize("example", [*every("yaml")])
def test_every_spec_is_one(example: Fenced) -> None:
    """Where it has no input of its own, at that which stands beside it; without a note, such as of a surplus output."""
    text = "\n".join((*example.lines, ""))
    assert ("input" in example.facts) is not bool(re.search("^input", text, flags=re.MULTILINE))
    network = cnncalc.load(text, input=example.facts.get("input"))
    assert network.notes == ()
    assert network.run()[0].ok


@pytest.mark.parametrize("name", TOPICS)
def test_every_command_prints_what_is_shown(
    name: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for example in (*fenced(name, "yaml"), *fenced(name, "text")):
        if "file" in example.facts:
            Path(example.facts["file"]).write_text("\n".join((*example.lines, "")), encoding="utf-8")
    for example in fenced(name, "console"):
        for shown in parsed(list(example.lines)):
            outcome = run(*shown.arguments)
            assert (outcome.status, outcome.err) == (0, "")
            assert matches(shown.lines, outcome.out), outcome.out


@pytest.mark.parametrize("example", [*every("python")])
def test_every_line_of_python_gives_what_its_comment_says(example: Fenced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MEASURED_SECONDS", 0)
    monkeypatch.setattr(measuring, "OPERATIONS_SECONDS", 0)
    hold("\n".join(example.lines))


@every_row("name", TOPICS)
def test_examples_fit_a_terminal(name: str) -> None:
    lines = [
        line for language in ("yaml", "python", "text") for block in fenced(name, language) for line in block.lines
    ]
    shown = [line for block in fenced(name, "console") for line in block.lines]
    assert [line for line in lines if len(line) > MOST_COLUMNS] == []
    assert [line for line in shown if len(line) > 80] == []


@every_row("name", TOPICS)
def test_facts_are_known(name: str) -> None:
    for example in fenced(name, "yaml"):
        assert set(example.facts) <= {"input", "file"}
    assert all(set(example.facts) <= {"file"} for example in fenced(name, "text"))
    assert not any(example.facts for language in ("console", "python") for example in fenced(name, language))


def test_every_topic_begins_with_what_matters() -> None:
    """Its heading names it and says what it is about; before the first section stand text and, mostly, an example."""
    for found in topics():
        assert re.fullmatch(r"[^.:]{10,75}|[^.]{10,75}", found.summary)
        assert not any(isinstance(block, Heading) for block in found.beginning)
        assert 1 <= len(found.beginning) < len(found.blocks)


def text(name: str) -> str:
    """What a topic says, without examples."""
    return " ".join(block.text for block in topic(name).blocks if not isinstance(block, Fenced))


def code(name: str) -> set[str]:
    """The words that stand in backticks in a topic."""
    return {word for marked in re.findall(r"`([^`]+)`", text(name)) for word in re.findall(r"[\w-]+", marked)}


@every_row(
    ("name", "words"),
    [
        ("spec", [*KEYS, *COMMON[:2], *Totals._fields]),
        ("arrays", ["share", "trainable", "frozen", "parameters", "null"]),
        ("blocks", [*BLOCK_KEYS[:3], *SPEC_BLOCK_KEYS[:2]]),
        ("layers", ["activation", "dim", "dims", "when"]),
        ("groups", [*MERGES, "residual", "parallel", "shortcut", "branches", "merge", "activation"]),
        ("loops", ["repeat", "for", "index"]),
        ("expressions", [*FUNCTIONS, "size", "channels", "in_channels", "in_shape", "index", "true", "false", "null"]),
        ("padding", [*PADDING_WORDS, "output_padding", "ceil_mode", "count_include_pad"]),
        ("export", ["--weights", "--seed", "--dynamic-batch", "--batch", "--opset", "--dtype", "--no-weights"]),
        ("files", ["--input", "--variant", "--set", "--batch", "--dtype", "NO_COLOR", "COLUMNS", "TERM", "-o"]),
    ],
)
def test_nothing_is_missing(name: str, words: list[str]) -> None:
    assert [word for word in words if word not in code(name)] == []


def every_kernel() -> set[str]:
    """What the column of kernels may say, but for how many maps were copied."""
    kinds = [kind for kind in vars(operations).values() if isinstance(kind, type)]
    names = {kind.name for kind in kinds if issubclass(kind, operations.Operation)} - {""}
    return {*Kernel, *names}


def test_kernels_are_explained() -> None:
    """Each is the word that an item of the topic begins with, or that follows in it."""
    items = [block.text for block in topic("kernels").blocks if isinstance(block, Item)]
    told = {word.removesuffix(": TYPE") for item in items for word in re.findall(r"`([^`]+)`", item)}
    assert every_kernel() - told == set()
    assert told - every_kernel() == {"1 of 3 copied", "run", "--plan"}


def test_what_the_choice_of_a_kernel_follows_is_told() -> None:
    words = text("kernels")
    assert f"for up to {rule.FEW_CHANNELS} channels" in words
    assert f"from {rule.FEWEST_CHANNELS} channels and {rule.SMALLEST_FOR_4} pixels on" in words
    assert f"from {rule.SMALLEST_FOR_2} pixels on" in words


def test_families_name_types_that_there_are() -> None:
    blocks = topic("layers").blocks
    start = blocks.index(Heading(2, "The families")) + 1
    items = [block.text for block in blocks[start:] if isinstance(block, Item)]
    assert [word for item in items for word in re.findall(r"`(\w+)`", item) if word not in LAYERS] == []
    assert len(items) == 12


def test_every_option_and_command_that_is_named_exists() -> None:
    for name in TOPICS:
        for command in re.findall(r"`cnncalc (\S+)", text(name)):
            assert command.strip("`") in _HOMES, name
        for word in re.findall(r"`cnncalc help ([\w-]+)`", text(name)):
            assert word in TOPICS, name
        for word in re.findall(r"`cnncalc layers ([a-z]\w+)`", text(name)):
            assert find(word), name


SIZES = [
    ("conv_transpose2d: {kernel_size: 3, stride: 2, padding: 0, ", 7, "`padding: 0` gives 15,"),
    ("conv_transpose2d: {kernel_size: 3, stride: 2, padding: 1, ", 7, "`padding: 1` gives 13,"),
    (
        "conv_transpose2d: {kernel_size: 3, stride: 2, padding: 1, output_padding: 1, ",
        7,
        "`padding: 1` with `output_padding: 1` gives 14,",
    ),
    ("conv_transpose2d: {kernel_size: 3, stride: 2, padding: same, ", 7, "`same` gives 14:"),
    ("conv: {kernel_size: 3, stride: 2, padding: same, ", 224, "Both have 112 positions"),
    ("conv2d: {kernel_size: 3, stride: 2, padding: 1, ", 224, "Both have 112 positions"),
]


@pytest.mark.parametrize(("layer", "size", "sentence"), SIZES, ids=[case[0] for case in SIZES])
def test_sizes_in_the_text(layer: str, size: int, sentence: str) -> None:
    [made] = cnncalc.load(f"input: 3x{size}x{size}\nlayers: [{layer}out_channels: 8}}]\n").nodes
    assert sentence in text("padding")
    assert str(made.output_shape[1]) in sentence


@every_row("word", WORDS)
def test_a_word_has_a_section(word: str) -> None:
    found = section(word)
    assert found.blocks
    assert not any(isinstance(block, Heading) for block in found.blocks)
    assert find(word) is None


def test_the_words_of_entries_have_sections() -> None:
    assert {*COMMON, "residual", "parallel", "repeat", "for"} <= set(WORDS)
