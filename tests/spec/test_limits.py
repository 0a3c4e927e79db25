"""What must be refused before it grows: each of these would hang or crash if it were not."""

from __future__ import annotations

import re

import pytest

from tests.marking import slow_after
from tests.rows import every_row
from tests.spec.reading import error_of, load, refused

H = "input: 3x8x8\n"


@pytest.mark.parametrize(
    "text",
    ["layers: " + "[" * 1_000_000, "layers:\n" + "- " * 1_000_000, "layers: " + "{a: " * 1_000_000],
)
def test_a_million_levels(text: str) -> None:
    assert error_of(H + text + "\n").message == "more than 100 levels of nesting"


def test_an_alias_bomb_among_layers() -> None:
    lines = ["  - &a0 {layers: [relu, relu]}"]
    lines += [f"  - &a{n} {{layers: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40)]
    assert error_of(H + "layers:\n" + "\n".join(lines) + "\n").message == "aliases repeat more than 100,000 values"


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("repeat: 1000000", "repeat: 1000000"),
        ("repeat: 1e6", "repeat: 1e6"),
        ("repeat: =million", "repeat: =million"),
        ("repeat: 2000", "for: {a: =range(2000)}"),
        ("for: {a: =range(9999)}", "for: {b: =range(9999)}"),
        ("for: {a: =range(9999), b: =range(9999)}", "repeat: =million"),
        ("for: {'a, b': =rows}", "repeat: =million"),
    ],
)
def test_a_loop_in_a_loop(outer: str, inner: str) -> None:
    parameters = "{million: 10 ** 6, rows: [[1, 2], [3, 4]]}".replace("10 ** 6", "=10 ** 6")
    error = refused(f"parameters: {parameters}\nlayers: [{{{outer}, layers: [{{{inner}, layers: [relu]}}]}}]")
    assert error.message == "the network has more than 1,000,000 layers"


@pytest.mark.parametrize(
    ("repeat", "message"),
    [
        ("1000001", "`repeat` must be at most 1,000,000, not 1000001"),
        ("=10 ** 30", "`repeat` must be at most 1,000,000, not 10000000000000000…"),
        ("1e300", "`repeat` must be at most 1,000,000, not 10000000000000000…"),
    ],
)
def test_a_huge_repeat(repeat: str, message: str) -> None:
    for layers in ("", "relu", "{repeat: 1000000, layers: []}"):
        assert refused(f"layers: [{{repeat: {repeat}, layers: [{layers}]}}]").message == message


def test_a_huge_repeat_of_nothing() -> None:
    error = refused("layers: [{repeat: 1000000, layers: [{repeat: 1000000, layers: []}]}]")
    assert error.message == "the network has more than 3,000,000 entries, loops unrolled"


def chain(blocks: int, uses: int) -> str:
    """Blocks that each use the one before so many times."""
    lines = ["  b0: {layers: [relu]}"]
    lines += [f"  b{n}: {{layers: [{', '.join([f'b{n - 1}'] * uses)}]}}" for n in range(1, blocks)]
    return H + "blocks:\n" + "\n".join(lines) + f"\nlayers: [b{blocks - 1}]\n"


def test_blocks_that_double() -> None:
    assert error_of(chain(41, 2)).message == "the network has more than 1,000,000 layers"


def test_three_thousand_blocks_in_each_other() -> None:
    assert error_of(chain(3000, 1)).message == "more than 50 blocks in each other"
    assert len(load(chain(50, 1)).nodes) == 1


def test_groups_in_blocks_in_groups() -> None:
    deep = "\n".join(
        f"  b{n}: {{layers: [{'{layers: [' * 40}{f'b{n - 1}' if n else 'relu'}{']}' * 40}]}}" for n in range(50)
    )
    assert refused(f"blocks:\n{deep}\nlayers: [b49]").message == "more than 80 groups and blocks in each other"
    groups = f"layers: [{'{layers: [' * 48}relu{']}' * 48}]"
    assert len(load(groups).nodes) == 1


def test_a_long_expression_in_deep_groups() -> None:
    expression = "=" + "+".join(["1"] * 60)
    inner = f"{{type: conv2d, out_channels: {expression}, kernel_size: 1}}"
    assert load(f"layers: [{'{layers: [' * 48}{inner}{']}' * 48}]").nodes[0].output_shape == (60, 8, 8)


@every_row("number", ["9" * 5000, "0x" + "F" * 4000, "9" * 3999, "1e999", "-" + "9" * 4000, "0x" + "F" * 3000])
@every_row("kernel", ["1", "=1"])
def test_huge_numbers(number: str, kernel: str) -> None:
    error = refused(f"layers: [{{type: conv2d, out_channels: {number}, kernel_size: {kernel}}}]")
    assert len(str(error)) < 1000


@pytest.mark.parametrize("shape", ["2147483648x8x8", "3x99999999999x8", "9" * 400 + "x8x8", "[3, 1e300, 8]", "1e300"])
def test_huge_inputs(shape: str) -> None:
    assert "must have sizes from 1 to 2147483647" in refused(f"input: {shape}\nlayers: [relu]").message


def test_an_output_beyond_every_size() -> None:
    text = "layers: [{type: conv2d, out_channels: 1, kernel_size: 1, padding: 2147483647}]"
    assert "2147483647 is the most" in refused(text).message


def test_a_long_name_and_a_long_template() -> None:
    assert "cannot be a name" in refused(f"layers: [{{type: relu, name: {'a' * 201}}}]").message
    assert load(f"layers: [{{type: relu, name: {'a' * 200}}}]").nodes[0].name == "a" * 200
    error = refused(f"layers: [{{type: relu, name: '{'{1}' * 100_000}'}}]")
    assert "a name with expressions has at most 500 characters, not 300000" in error.message
    assert len(str(error)) < 1000


@pytest.mark.slow
def test_twenty_thousand_layers_in_a_row() -> None:
    network = load("layers:\n" + "  - conv2d: {out_channels: 3, kernel_size: 1}\n" * 20_000)
    assert len(network.nodes) == 20_000
    assert network.nodes[-1].name == "conv2d_20000"


@pytest.mark.slow
def test_twenty_thousand_layers_by_repeat() -> None:
    network = load("layers: [{repeat: 10000, layers: [relu, {residual: {layers: [tanh]}}]}]")
    assert len(network.nodes) == 30_000


def test_a_smallest_input_that_is_far_away() -> None:
    pools = "layers: [{repeat: 30, layers: [{type: max_pool2d, kernel_size: 2}]}]"
    error = refused(pools)
    assert error.hint is None
    assert error.message.startswith("`max_pool2d_4` cannot take 3 x 1 x 1")


def test_values_cannot_grow_from_parameter_to_parameter() -> None:
    doubling = "\n".join(f"  p{n}: '=[p{n - 1}, p{n - 1}]'" for n in range(1, 60))
    error = refused(f"parameters:\n  p0: [1]\n{doubling}\nlayers: [relu]")
    assert "a list or text of more than 10,000 items" in error.message
    doubling = "\n".join(f"  p{n}: [=p{n - 1}, =p{n - 1}]" for n in range(1, 60))
    error = refused(f"parameters:\n  p0: [1]\n{doubling}\nlayers: [relu]")
    assert "a list or text of more than 100," in error.message
    deepening = "\n".join(f"  p{n}: '=[p{n - 1}]'" for n in range(1, 2000))
    error = refused(f"parameters:\n  p0: [1]\n{deepening}\nlayers: [relu]")
    assert "a list of more than 100 levels" in error.message


def doubling(blocks: int, first: str, use: str) -> str:
    """Blocks that use the one before twice, with a parameter `deep` on which conditions hang."""
    lines = [f"  b0: {{parameters: {{deep: null}}, layers: [{first}]}}"]
    lines += [f"  b{n}: {{parameters: {{deep: null}}, layers: [{use}, {use}]}}" for n in range(1, blocks)]
    lines = [line.replace("BEFORE", f"b{n - 1}") for n, line in enumerate(lines)]
    return H + "blocks:\n" + "\n".join(lines) + f"\nlayers: [{{type: b{blocks - 1}, deep: true}}, relu]\n"


DEEPER = "{type: BEFORE, deep: =deep, when: =deep}"
"""What follows from the values at a block's entrance."""
ARRIVING = "{type: BEFORE, deep: =deep, when: =in_channels == 3}"
"""What only the expansion knows."""
IDLE = "{repeat: 30000, layers: [{layers: [], when: =in_channels < 0}]}"
LOOP = "for: {width: '=range(9000)'}, name: 'a{index}', when: =in_channels > 0"

TOTALS = [
    # Expressions together: few steps in each, or many in few of them, in conditions, options, names and `from`.
    (
        "layers: [{repeat: 20000, layers: [{relu: {when: '=sum(range(9999)) < 0'}}]}]",
        "the expressions of the spec take more than 1,500,ddd steps up to here, for 0 layers",
    ),
    (
        "layers: [{repeat: 20000, layers: [{relu: {when: '=sum(range(9999)) > 0'}}]}]",
        "the expressions of the spec take more than 1,538,ddd steps up to here, for 76 layers",
    ),
    (
        "layers: [{repeat: 20000, layers: [{linear: {out_features: '=max(range(9999))', dim: 0}}]}]",
        "the expressions of the spec take more than 1,538,ddd steps up to here, for 76 layers",
    ),
    (
        "layers: [{repeat: 20000, layers: [{relu: {name: 'a{max(range(9999)) + index}'}}]}]",
        "the expressions of the spec take more than 1,538,ddd steps up to here, for 76 layers",
    ),
    (
        "layers: [{relu: {name: a}}, {repeat: 999, layers: [{add: {from: '=[\"a\"] * (len(range(9999)) - 9997)'}}]}]",
        "the expressions of the spec take more than ",
    ),
    ("parameters: {SEVERAL}\nlayers: [relu]", "the expressions of the spec take more than 1,5"),
    # Entries that make no layers.
    (
        f"layers: [relu, {IDLE}]",
        "the network has more than 20,033 entries up to here, loops unrolled, for 1 layer",
    ),
    # Conditions that are known once something arrives, and blocks by their parameters.
    ("layers: [{repeat: 1000000, when: =in_channels > 0, layers: [relu, relu]}]", "more than 1,000,000 layers"),
    (f"layers: [{{{LOOP}, layers: [{{repeat: 900, layers: [relu]}}]}}]", "more than 1,000,000 layers"),
    (
        "layers: [{repeat: 900, when: =in_channels > 0, layers: [{repeat: 900, layers: [{layers: [relu, tanh]}]}]}]",
        "more than 1,000,000 layers",
    ),
    ("layers: [{repeat: 600000, layers: [relu]}, {repeat: 600000, layers: [relu]}]", "more than 1,000,000 layers"),
    (doubling(25, "relu", DEEPER), "more than 1,000,000 layers"),
    (doubling(25, "{relu: {when: =not deep}}", DEEPER), "more than 3,000,000 entries, loops unrolled"),
    # Names.
    (
        "layers: [" + "".join(f"{{name: {'g' * 190}{n}, layers: [" for n in range(6)) + "relu" + "]}" * 6 + "]",
        f"the full name `{'g' * 40}…` has 1,151 characters, and 1,000 is the most",
    ),
    (
        f"layers: [{{repeat: 30000, name: '{'g' * 190}{{index}}', layers: [{{name: {'h' * 190}, layers: "
        f"[{{name: {'h' * 190}, layers: [{{name: {'h' * 190}, layers: []}}]}}]}}]}}]",
        "the full names up to here have more than 5,000,000 characters, for 0 layers",
    ),
    ("layers: [relu, {relu: {from: " + "a." * 1000 + "b}}]", "a name of 2,001 characters, and 1,000 is the most"),
    ("name: " + "a" * 1001 + "\nlayers: [relu]", "`name` has 1,001 characters, and 1,000 is the most"),
    ("source: " + "a" * 100_001 + "\nlayers: [relu]", "`source` has 100,001 characters, and 100,000 is the most"),
    (doubling(25, "{relu: {when: =in_channels < 3}}", ARRIVING), "the network has more than 20,051 entries up to here"),
    (
        "layers: [relu, {repeat: 30000, when: false, name: 'a{index}', layers: [relu]}]",
        "the network has more than 20,033 entries up to here, loops unrolled, for 1 layer",
    ),
    # Tensors that are taken.
    (f"layers: [{{add: {{from: [{'input, ' * 100_001}]}}}}]", "more than 100,000 tensors are taken at once"),
    (f"layers: [relu]\noutputs: [{'input, ' * 100_001}]", "more than 100,000 tensors are taken at once"),
    (
        f"layers: [{{repeat: 100, layers: [{{add: {{from: [{'input, ' * 9_000}]}}}}]}}]",
        "more than 232,783 tensors are taken by name up to here, for 25 layers",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), slow_after(len(TOTALS) - 5, TOTALS))
def test_what_a_spec_may_cost_in_all(text: str, message: str) -> None:
    several = ", ".join(f"p{n}: '=sum(range(9999))'" for n in range(100))
    found = refused(text.replace("SEVERAL", several)).message
    assert message in re.sub(r"\b(1,5\d\d,)\d{3}\b", r"\1ddd", found)


def test_what_a_limit_says() -> None:
    error = refused("layers: [{repeat: 20000, layers: [{relu: {when: '=sum(range(9999)) < 0'}}]}]")
    assert error.hint == "the limit is 1,500,000, and 500 for each layer: do less in each round"
    assert error.place is not None
    assert (error.place.line, error.place.column) == (2, 49)
    error = refused(f"layers: [relu, {IDLE}]")
    assert error.hint == "the limit is 20,000, and 30 for each layer: `repeat` no more than is needed"
    assert error.place is not None
    assert error.place.line == 2


def test_a_loop_of_loops_under_a_false_condition_is_not_built() -> None:
    assert len(load("layers: [relu, {repeat: 1000000, when: =in_channels < 3, layers: [relu, relu]}]").nodes) == 1


@pytest.mark.slow
def test_limits_grow_with_the_layers() -> None:
    idle = "{relu: {when: '=in_channels < 3'}}"
    network = load(f"layers: [{{repeat: 1100, layers: [relu, {', '.join([idle] * 20)}]}}]")
    assert len(network.nodes) == 1100
    network = load("layers: [{repeat: 6000, layers: [{relu: {when: '=sum(range(100)) > 0'}}]}]")
    assert len(network.nodes) == 6000


@every_row(
    "layer",
    [
        "{conv2d: {out_channels: '=channels(a)', kernel_size: 1}}",
        "{conv2d: {out_channels: '=size(a)[0]', kernel_size: 1}}",
        "{relu: {when: '=size(a)[0] > 0'}}",
        "{relu: {name: 'b{channels(a)}'}}",
        "{relu: {from: '{channels(a)}'}}",
        "{repeat: '=size(a)[0]', layers: [relu]}",
        "{type: '=channels(a)'}",
        "{residual: {layers: [relu], shortcut: '=channels(a)'}}",
        "b",
    ],
)
@every_row("value", ["'{size(a)[0]}'", "'x{channels(a)}y{size(a)}'"])
def test_a_name_that_asks_for_itself(value: str, layer: str) -> None:
    block = "blocks: {b: {parameters: {c: '=size(a)'}, layers: [relu]}}"
    error = refused(f"parameters: {{a: {value}}}\n{block}\nlayers: [{layer}]")
    assert "names that ask for names more than 5 deep: does one ask for itself?" in error.message


def test_names_may_ask_for_names() -> None:
    text = "parameters: {a: 'x{channels(b)}', b: 'x{channels(c)}', c: input}\nlayers:\n"
    layers = "  - relu: {name: x3}\n  - conv2d: {out_channels: '=channels(a)', kernel_size: 1}\n"
    assert load(text + layers).nodes[1].output_shape == (3, 8, 8)
