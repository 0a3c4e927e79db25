"""Nodes that are no layers here: all told at once, or kept as layers of which only the shape is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import TensorProto, helper

import cnncalc
from tests.models.onnx.graphs import drawn, model, node, saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def detector() -> Any:
    """Two nodes of one kind, one behind a third that has a layer, an operator of someone's own, and two outputs."""
    nodes = [
        node("a = Conv(x, conv.weight)", name="/conv/Conv"),
        node("b = Hardmax(a)", name="/head/hard/Hardmax"),
        node("c = Hardmax(b)", name="/head/hard_1/Hardmax"),
        node("d = Relu(c)", name="/head/relu/Relu"),
        node("e = Foo(d, table)", name="foo_3", domain="my.ops"),
        node("v, i = TopK(d, k)", name="/head/TopK", axis=-1),
    ]
    scopes, frames = "['', 'neck', 'neck.foo']", 'File "/src/nets.py", line 7, in forward\n  self.neck(x)\n'
    for key, value in (
        ("pkg.torch.onnx.name_scopes", scopes),
        ("pkg.torch.onnx.stack_trace", frames + 'File "/src/neck.py", line 31, in forward\n  foo(x)\n'),
    ):
        nodes[4].metadata_props.add(key=key, value=value)
    tensors = {"conv.weight": drawn(8, 3, 3, 3), "k": [5], "table": drawn(4, 6)}
    made = model(nodes, tensors, {"x": [1, 3, 8, 8]}, [])
    for name, dims in (("e", [1, 4, 6, 6]), ("v", [1, 8, 6, 5])):
        made.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))
    made.opset_import.append(helper.make_opsetid("my.ops", 1))
    return made


FACT = (
    '4 of 6 nodes have no layer here: 2 Hardmax "/head/hard/Hardmax", "/head/hard_1/Hardmax"; '
    'Foo "foo_3" of neck at neck.py:31; TopK "/head/TopK"'
)


def test_all_are_told_at_once_by_kind(tmp_path: Path, run: Callable[..., Any]) -> None:
    path = saved(detector(), tmp_path)
    for command in ("summary", "run", "solve", "receptive-field", "explain"):
        outcome = run(command, path)
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err == (
            f"error: {path}: {FACT}\n"
            "hint: `summary --opaque` keeps them as layers of which nothing but the shape is known\n"
        )


def test_a_summary_may_keep_them(tmp_path: Path, run: Callable[..., Any]) -> None:
    path = saved(detector(), tmp_path)
    outcome = run("summary", path, "--opaque", "--json")
    assert outcome.status == 0
    report = cnncalc.load(path, opaque=True).report()
    assert report.totals.opaque == 4
    opaque = {layer.name: layer for layer in report.layers if layer.type == "opaque"}
    assert {name: layer.output_shape for name, layer in opaque.items()} == {
        "head.hard": (8, 6, 6),
        "head.hard_1": (8, 6, 6),
        "neck": (4, 6, 6),
        "head.opaque_1": (8, 6, 5),
    }
    assert opaque["neck"].weights == {"table": (4, 6)}
    assert report.totals.parameters == 8 * 27 + 24


def test_a_kept_one_is_not_passed(tmp_path: Path) -> None:
    network = cnncalc.load(saved(detector(), tmp_path), opaque=True)
    with pytest.raises(cnncalc.CnncalcError, match=r"`head.hard` \(Hardmax\) is opaque"):
        network.run()
    assert network.receptive_field("conv", (2, 2)).seen is not None


def test_a_shape_that_the_file_does_not_say_is_told(tmp_path: Path) -> None:
    made = model([node("a = Relu(x)"), node("b = Foo(a)"), node("y = Relu(b)")], {}, {"x": [1, 4, 4]}, ["y"])
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(saved(made, tmp_path), opaque=True)
    assert caught.value.message.endswith('1 of 3 nodes has no layer here: Foo "b"')
    assert caught.value.hint == (
        'nor can it be kept as an opaque layer: Foo "b": the file does not say the shape of its output'
    )


def test_many_kinds_are_counted(tmp_path: Path) -> None:
    nodes = [node(f"y{at} = Odd{at}(x)") for at in range(20)]
    nodes += [node(f"z{at} = Same(x)") for at in range(9)]
    made = model(nodes, {}, {"x": [1, 4, 4]}, ["y0"])
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(saved(made, tmp_path))
    text = caught.value.message.partition("nodes have no layer here: ")[2]
    assert text.split("; ")[0] == 'Odd0 "y0"'
    assert text.split("; ")[-1] == "and 17 more"
    made = model(nodes[20:], {}, {"x": [1, 4, 4]}, ["z0"])
    with pytest.raises(cnncalc.CnncalcError, match='9 Same "z0", "z1", "z2", "z3", and 5 more'):
        cnncalc.load(saved(made, tmp_path))


@pytest.mark.parametrize(
    ("text", "attributes", "reason"),
    [
        ("y = Relu(x)", {"slope": 0.5}, "its attribute `slope` is not known here"),
        ("y = Concat(x, x)", {"axis": 0}, "it is along the batch"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, attributes: dict[str, Any], reason: str, tmp_path: Path) -> None:
    made = model([node(text, **attributes)], {}, {"x": [1, 4, 4]}, ["y"])
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(saved(made, tmp_path))
    assert caught.value.message.endswith(f'"y" ({reason})')


def test_only_models_have_opaque_nodes(run: Callable[..., Any]) -> None:
    outcome = run("summary", "lenet", "--opaque")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == (
        "error: lenet.yaml is a spec, whose layers are all known; `opaque` is for models of other programs\n"
        "hint: a spec has a layer type `opaque`\n"
    )


CUTS = "it makes values of type int64 of others, which are not all of these"


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        (["c = Cast(x)", "y = Neg(c)"], CUTS),
        (["c = CastLike(x, one)", "y = Neg(c)"], CUTS),
        (["r = Floor(x)", "c = Cast(r)", "y = Neg(c)"], None),
        (["c = Cast(x)", "y = Gather(table, c)"], None),
    ],
)
def test_a_cast_that_cuts_decimals_off_is_refused(nodes: list[str], reason: str | None, tmp_path: Path) -> None:
    made = model(
        [node(text, **({"to": 7} if "Cast(" in text else {})) for text in nodes],
        {"one": np.int64(1), "table": drawn(8, 4)},
        {"x": [1, 4]},
        ["y"],
    )
    path = saved(made, tmp_path)
    if reason is None:
        assert cnncalc.load(path).nodes
        return
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(path)
    assert caught.value.message.endswith(f'"c" ({reason})')


@pytest.mark.parametrize(
    ("text", "attributes", "inputs", "output", "macs"),
    [
        ("y = MatMul(w, x)", {}, {"x": [1, 3, 7, 5], "w": [1, 4, 7]}, [1, 3, 4, 5], 3 * 4 * 5 * 7),
        ("y = MatMul(x, b)", {}, {"x": [1, 7]}, [7, 5], 7 * 5 * 7),
        ("y = Gemm(x, z)", {"transA": 1}, {"x": [6, 4], "z": [6, 5]}, [4, 5], 4 * 5 * 6),
        ("y = Conv(x, z)", {}, {"x": [2, 3, 8, 8], "z": [4, 3, 3, 3]}, [2, 4, 6, 6], 4 * 36 * 27),
        ("y = ConvTranspose(x, z)", {"group": 3}, {"x": [2, 3, 8, 8], "z": [3, 2, 3, 3]}, [2, 6, 10, 10], 192 * 18),
        ("y = Hardmax(x)", {}, {"x": [2, 3, 8, 8]}, [2, 3, 8, 8], 0),
    ],
)
def test_a_kept_product_has_the_macs_that_its_shapes_tell(
    text: str,
    attributes: dict[str, Any],
    inputs: dict[str, list[int]],
    output: list[int],
    macs: int,
    tmp_path: Path,
) -> None:
    """Products of computed filters, whose values no layer here takes; the last is none."""
    made = model([node(text, **attributes)], {"b": drawn(7, 7, 5)}, inputs, [])
    made.graph.output.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, output))
    [layer] = cnncalc.load(saved(made, tmp_path), opaque=True).report().layers
    assert (layer.type, layer.macs, layer.flops) == ("opaque", macs, 2 * macs)


AN_INPUT = "and an input here has a batch axis and channels"


@pytest.mark.parametrize(
    ("shape", "fact", "hint"),
    [
        ([], f"the input `x` is a single number, {AN_INPUT}", "where its values never change, store them in the file"),
        (
            ["N"],
            f"the input `x` has the shape [N], {AN_INPUT}",
            "where its values never change, store them in the file",
        ),
        (
            None,
            "the file does not say the shape of the input `x`",
            "write it into `type.tensor_type.shape` of the input",
        ),
        ([1] * 6, "the input `x` has 6 axes, and 5 are the most, the batch among them", ""),
    ],
)
def test_an_input_that_no_network_has_is_told(shape: Any, fact: str, hint: str, tmp_path: Path) -> None:
    path = saved(model([node("y = Relu(x)")], {}, {"x": shape}, ["y"]), tmp_path)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(path)
    assert caught.value.message == f"{path}: {fact}"
    assert (caught.value.hint or "").startswith(hint)


def test_a_slice_of_a_constant_without_its_starts_is_damage(tmp_path: Path) -> None:
    path = saved(
        model([node("s = Slice(c)"), node("y = Reshape(x, s)")], {"c": [1, 4]}, {"x": [1, 2, 2]}, ["y"]), tmp_path
    )
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(path)
    assert caught.value.message == f'{path}: Slice "s": it has no `starts`'
