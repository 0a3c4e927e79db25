"""What must be refused before it grows: each of these would hang or crash if it were not."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(
    "number", ["9" * 5000, "0x" + "F" * 4000, "9" * 3999, "1e999", "-" + "9" * 4000, "0x" + "F" * 3000]
)
@pytest.mark.parametrize("kernel", ["1", "=1"])
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


def test_twenty_thousand_layers_in_a_row() -> None:
    network = load("layers:\n" + "  - conv2d: {out_channels: 3, kernel_size: 1}\n" * 20_000)
    assert len(network.nodes) == 20_000
    assert network.nodes[-1].name == "conv2d_20000"


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
