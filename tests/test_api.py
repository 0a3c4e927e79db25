"""The public door: what the commands do, asked from Python."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.receptive_field.measure import field_figures
from tests.rows import every_row

if TYPE_CHECKING:
    from pathlib import Path


@every_row("name", cnncalc.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(cnncalc, name).__doc__


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, cnncalc; print([name for name in sys.modules if name.startswith('cnncalc')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['cnncalc']"


def test_explain_takes_a_layer_a_scope_or_nothing() -> None:
    network = cnncalc.load("resnet18")
    assert [layer.name for layer in network.explain("conv1").layers] == ["conv1"]
    assert network.explain("layer1").totals.layers == len(network.layers_of("layer1"))
    assert network.explain().totals.macs == network.report().totals.macs
    assert (network.explain().layer, network.explain("layer1").layer) == (None, "layer1")


def test_solve_takes_a_size_for_all_axes_or_for_each() -> None:
    network = cnncalc.load("alexnet")
    assert network.solve("conv1", 55) == network.solve("conv1", (55,)) == network.solve("conv1", [55, 55])
    assert network.solve("conv1").axes[0].inputs is None
    with pytest.raises(CnncalcError, match="no layer `conv9`"):
        network.solve("conv9", 55)


def test_receptive_fields_are_those_of_every_layer() -> None:
    network = cnncalc.load("resnet18")
    report = network.receptive_fields()
    assert report.layers == tuple(field_figures(network))
    assert (report.name, report.variant, report.inputs) == (network.name, "resnet18", {"input": (3, 224, 224)})


def test_the_last_map_is_the_default_of_a_receptive_field() -> None:
    report = cnncalc.load("lenet").receptive_field()
    assert (report.layer.name, report.seen, report.proof) == ("s4", None, None)


def test_a_unit_may_be_any_sequence_and_is_proven_if_asked() -> None:
    network = cnncalc.load("lenet")
    report = network.receptive_field("c3", [4, 4], verify=True)
    assert report.seen == network.receptive_field("c3", (4, 4)).seen
    assert report.seen is not None
    assert report.seen.unit == (4, 4)
    assert report.proof is not None
    assert report.proof.ok
    assert network.receptive_field("c3", (4, 4)).proof is None


def test_without_a_unit_all_together_are_proven() -> None:
    report = cnncalc.load("lenet").receptive_field("c3", verify=True)
    assert report.seen is not None
    assert report.seen.unit is None
    assert report.seen.interval["input"] == ((0, 27), (0, 27))
    assert report.proof is not None
    assert report.proof.ok


def test_all_features_of_a_vector_are_told_unasked() -> None:
    report = cnncalc.load("lenet").receptive_field("c5")
    assert report.seen is not None
    assert report.seen.interval["input"] == ((0, 27), (0, 27))


def test_run_gives_what_forward_gives() -> None:
    network = cnncalc.load("lenet")
    array = np.ones((1, 28, 28))
    report, outputs = network.run(array, seed=3)
    assert report.ok
    assert outputs["softmax_1"].shape == (10,)
    assert np.array_equal(outputs["softmax_1"], np.asarray(network.forward(array, seed=3)))
    assert network.run(batch=3, dtype="float64").outputs["softmax_1"].dtype == np.float64
    assert network.run(batch=3).report.batch_size == 3


def test_check_raises_nothing_for_a_bad_spec(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 10\nlayers: [cnv]\n")
    report = cnncalc.check(tmp_path / "net.yaml", "input: 10\nlayers: [relu]\n", "squeezenet")
    assert [network.ok for network in report.networks] == [False, True, True, True]
    assert report.networks[1].spec == "<text>"
    assert (report.ok, report.is_bad) == (False, True)
    assert report.errors[0].startswith(f"error: {tmp_path}/net.yaml:2:10: unknown layer type `cnv`")


def test_check_holds_budgets_of_any_total() -> None:
    assert cnncalc.check("lenet", budgets={"layers": 9}).ok
    assert not cnncalc.check("lenet", budgets={"layers": 8}).ok
    with pytest.raises(CnncalcError, match="there is no total `parameter`\nhint: did you mean `parameters`"):
        cnncalc.check("lenet", budgets={"parameter": 1})


def test_check_at_another_size_holds_no_expectation() -> None:
    report = cnncalc.check("lenet", input="1x32x32")
    assert report.networks[0].figures == ()
    assert "`expect` is not held" in report.notes[0]


def test_architectures_are_told_by_words() -> None:
    found = cnncalc.architectures("resnet", "keras")
    assert {"keras_ResNet50"} <= {architecture.address for architecture in found}
    with pytest.raises(CnncalcError, match="no bundled architecture matches `qqqq`"):
        cnncalc.architectures("qqqq")


class Doubled(ReLU):
    """Twice the positive part.

    >>> Doubled().flops([(2, 4)], (2, 4))
    8
    """

    type_name: ClassVar[str] = "doubled"


def test_own_layer_types_are_described_and_checked() -> None:
    mine = {**LAYERS, "doubled": Doubled}
    assert cnncalc.layer_types("doubled", layers=mine)[0].summary == "Twice the positive part"
    assert len(cnncalc.layer_types(layers=mine)) == len(LAYERS) + 1
    assert cnncalc.check("input: 4\nlayers: [doubled]\n", layers=mine).ok
    assert cnncalc.check("doubled() | relu()", input=4, layers=mine).ok
    with pytest.raises(CnncalcError, match="there is no layer type `doubled`"):
        cnncalc.layer_types("doubled")
