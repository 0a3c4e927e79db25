"""Networks that are executed with weights of files and of callers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.execution.test_assignment import SHAPES, TINY

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.kernels import Array

RNG = np.random.default_rng(7)
ARRAYS = {name: RNG.uniform(0.5, 1.5, shape) for name, shape in SHAPES.items()}
IMAGE = RNG.normal(size=(3, 8, 8))


def with_numbers() -> str:
    """The spec with all arrays in it, but for the running statistics, which no spec gives."""

    def numbers(layer: str) -> str:
        return ", ".join(f"{name}: {ARRAYS[f'{layer}.{name}'].tolist()}" for name in ("weight", "bias"))

    text = TINY
    for layer in ("conv1", "fc"):
        text = text.replace(f"name: {layer},", f"name: {layer}, {numbers(layer)},")
    return text.replace("name: bn1", f"name: bn1, {numbers('bn1')}")


def expected(image: Any = IMAGE) -> Any:
    """What the network gives, from the definitions of its layers."""
    weight, statistics = ARRAYS["conv1.weight"], (ARRAYS["bn1.running_mean"], ARRAYS["bn1.running_var"])
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), axis=(1, 2))
    maps = np.einsum("ocij,cyxij->oyx", weight, windows) + ARRAYS["conv1.bias"][:, None, None]
    mean, variance = (array[:, None, None] for array in statistics)
    gamma, beta = (ARRAYS[f"bn1.{name}"][:, None, None] for name in ("weight", "bias"))
    normed = (maps - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    return ARRAYS["fc.weight"] @ normed.reshape(-1) + ARRAYS["fc.bias"]


def save(path: Path, arrays: dict[str, Any]) -> Path:
    """Write arrays into a file."""
    np.savez(path, **arrays)
    return path


def given(network: Network, image: Any = IMAGE, dtype: str = "float64") -> Array:
    """What the network gives of an image."""
    return np.asarray(network.forward(image, dtype=dtype))


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
def test_values(tmp_path: Path, dtype: str, tolerance: float) -> None:
    path = save(tmp_path / "a.npz", ARRAYS)
    for weights in (ARRAYS, path, str(path)):
        network = cnncalc.load(TINY, weights=weights)
        for found in (given(network, dtype=dtype), network.run(IMAGE, dtype=dtype)[1]["fc"]):
            np.testing.assert_allclose(found, expected(), rtol=tolerance)


def test_a_file_goes_before_the_numbers_of_the_spec() -> None:
    doubled = {name: array * 2 for name, array in ARRAYS.items()}
    found = given(cnncalc.load(with_numbers(), weights=doubled))
    np.testing.assert_array_equal(found, given(cnncalc.load(TINY, weights=doubled)))
    statistics = {name: array for name, array in ARRAYS.items() if "running" in name}
    mixed = given(cnncalc.load(with_numbers(), weights=statistics))
    np.testing.assert_allclose(mixed, expected(), rtol=1e-12)


def test_a_spec_names_its_file_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    save(tmp_path / "models" / "a.npz", ARRAYS)
    (tmp_path / "net.yaml").write_text(f"weights: models/a.npz{TINY}")
    monkeypatch.chdir(tmp_path / "models")
    for source in (tmp_path / "net.yaml", Path("../net.yaml"), f"weights: a.npz{TINY}"):
        np.testing.assert_allclose(given(cnncalc.load(source)), expected(), rtol=1e-12)
    other = {name: array * 2 for name, array in ARRAYS.items()}
    found = given(cnncalc.load(tmp_path / "net.yaml", weights=other))
    np.testing.assert_array_equal(found, given(cnncalc.load(TINY, weights=other)))


def test_variants_name_files(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", ARRAYS)
    path = tmp_path / "net.yaml"
    variants = "variants: {trained: {}, drawn: {weights: null}, by_name: {weights: =file + '.npz'}}"
    path.write_text(f"parameters: {{file: a}}\nweights: a.npz\n{variants}{TINY}")
    drawn = cnncalc.load(path, variant="drawn")
    np.testing.assert_array_equal(given(drawn), given(cnncalc.load(TINY)))
    for variant in ("trained", "by_name"):
        for network in (cnncalc.load(path, variant=variant), drawn.at(variant=variant)):
            np.testing.assert_allclose(given(network), expected(), rtol=1e-12)
    with pytest.raises(CnncalcError, match=r"there is no file .*b\.npz"):
        given(drawn.at(variant="by_name", set={"file": "b"}))


def test_weights_that_are_given_stay_at_other_sizes() -> None:
    network = cnncalc.load("input: 2x4x4\nlayers: [{scale: {name: a}}]\n", weights={"a": np.array([3.0, 5.0])})
    wide = given(network.at("2x4x9"), np.ones((2, 4, 9)))
    np.testing.assert_array_equal(wide, np.full((2, 4, 9), [[[3.0]], [[5.0]]]))


@pytest.mark.parametrize(
    ("weights", "fact", "hint"),
    [
        (3, "`weights` takes arrays by name, or the path of an .npz or .safetensors file, not 3", None),
        ([1], "`weights` takes arrays by name, or the path of an .npz or .safetensors file, not [1]", None),
        ({1: 2}, "`weights` takes arrays by name, or the path of an .npz or .safetensors file, not {1: 2}", None),
        (
            type("Module", (), {"state_dict": lambda _: {}, "__repr__": lambda _: "Module()"})(),
            "`weights` takes arrays by name, or the path of an .npz or .safetensors file, not Module()",
            "call `state_dict()`",
        ),
    ],
)
def test_what_weights_cannot_be(weights: Any, fact: str, hint: str | None) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(TINY, weights=weights)
    assert (caught.value.message, caught.value.hint) == (fact, hint)


def test_what_is_no_array() -> None:
    with pytest.raises(CnncalcError, match=r"`conv1\.bias` of `weights` is no array: "):
        cnncalc.load(TINY, weights={"conv1.bias": [[1], [2, 3]]}).forward()


def test_values_that_are_not_finite_are_noted() -> None:
    arrays = dict(ARRAYS)
    arrays["conv1.weight"] = arrays["conv1.weight"].copy()
    arrays["conv1.weight"][0, 0, 0, :2] = np.nan, np.inf
    report, outputs = cnncalc.load(TINY, weights=arrays).run(IMAGE)
    assert report.ok
    assert not np.isfinite(outputs["fc"]).any()
    note = "`conv1.weight` of `weights` has 2 values that are not finite; what follows from it is no fault of a layer"
    assert note in report.notes


def test_values_that_are_too_large_for_the_type() -> None:
    report, _ = cnncalc.load(TINY, weights=ARRAYS | {"fc.bias": np.full(10, 1e300)}).run(IMAGE)
    assert report.ok
    assert report.notes[0].startswith("`fc.bias` of `weights` has 10 values that are not finite")


def test_the_report_names_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", ARRAYS)
    assert cnncalc.load(TINY, weights=path).run()[0].weights == str(path)
    assert cnncalc.load(TINY, weights=ARRAYS).run()[0].weights == "`weights`"
    assert cnncalc.load(TINY).run()[0].weights is None
