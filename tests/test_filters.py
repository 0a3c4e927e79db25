"""The bundled image filters do what lecture notes show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Images = np.ndarray[Any, Any]


@pytest.fixture
def filtered(run: Callable[..., Any], tmp_path: Path) -> Callable[[str, Images], Images]:
    """Apply a filter by the command line."""

    def apply(name: str, image: Images) -> Images:
        np.save(tmp_path / "photo.npy", image)
        outcome = run("run", f"filters:{name}", "--data", "photo.npy", "-o", "out.npy")
        assert outcome.status == 0, outcome.err
        return np.asarray(np.load(tmp_path / "out.npy"))

    return apply


@pytest.fixture
def photo() -> Images:
    return np.random.default_rng(0).random((3, 20, 31), dtype=np.float32)


def neighbours(image: Images) -> dict[tuple[int, int], Images]:
    """The image moved by each offset, with zeros beyond its border."""
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    height, width = image.shape[1:]
    return {(y, x): padded[:, 1 + y : 1 + y + height, 1 + x : 1 + x + width] for y in (-1, 0, 1) for x in (-1, 0, 1)}


def test_identity_leaves_the_image_alone(filtered: Callable[..., Images], photo: Images) -> None:
    assert np.array_equal(filtered("identity", photo), photo)


def test_blur_is_the_mean_of_the_neighbours(filtered: Callable[..., Images], photo: Images) -> None:
    expected = sum(neighbours(photo).values()) / 9
    np.testing.assert_allclose(filtered("blur", photo), expected, atol=1e-6)


def test_sharpen_adds_what_the_neighbours_lack(filtered: Callable[..., Images], photo: Images) -> None:
    near = neighbours(photo)
    expected = photo + sum(photo - near[offset] for offset in ((-1, 0), (1, 0), (0, -1), (0, 1)))
    np.testing.assert_allclose(filtered("sharpen", photo), expected, atol=1e-5)


def test_flat_regions_turn_black_where_a_kernel_sums_to_0(filtered: Callable[..., Images]) -> None:
    flat = np.full((3, 9, 9), 0.5, np.float32)
    for name in ("outline", "sobel_x", "sobel_y"):
        assert not filtered(name, flat)[:, 1:-1, 1:-1].any(), name
    for name in ("identity", "blur", "gaussian", "sharpen", "emboss"):
        np.testing.assert_allclose(filtered(name, flat)[:, 1:-1, 1:-1], 0.5, atol=1e-6)


def test_sobel_is_positive_where_it_becomes_brighter_to_the_right_or_downwards(
    filtered: Callable[..., Images],
) -> None:
    ramp = np.broadcast_to(np.arange(8, dtype=np.float32), (3, 8, 8))
    assert (filtered("sobel_x", ramp)[:, 1:-1, 1:-1] == 8).all()
    assert (filtered("sobel_y", ramp.transpose(0, 2, 1))[:, 1:-1, 1:-1] == 8).all()
    assert not filtered("sobel_y", ramp)[:, 1:-1, 1:-1].any()


@pytest.mark.parametrize("name", ["gaussian", "sobel_x", "sobel_y"])
def test_the_two_factors_of_a_filter_give_the_same(name: str, filtered: Callable[..., Images], photo: Images) -> None:
    np.testing.assert_allclose(filtered(name, photo), filtered(f"{name}_separable", photo), atol=1e-5)


def test_channels_are_filtered_apart(filtered: Callable[..., Images], photo: Images) -> None:
    changed = photo.copy()
    changed[1] = 0
    before, after = filtered("emboss", photo), filtered("emboss", changed)
    assert np.array_equal(before[[0, 2]], after[[0, 2]])
    assert not after[1].any()
