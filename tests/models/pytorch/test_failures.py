"""What is said of errors that a module's own code raised."""

from __future__ import annotations

import pytest

from cnncalc.models.pytorch.failures import failure
from tests.rows import every_row

SHAPES = {"x": (3, 8, 8), "mask": (8,)}
VALUES = "the pass has shapes and no values: what hangs on values, such as `if x.sum() > 0`, cannot be followed"
SEVERAL = "several inputs are a dict of shapes by the names of forward()'s parameters, or a list of them"
GIVEN = "the pass has 61 samples of `x` 3 x 8 x 8 and `mask` 8"


@every_row(
    ("error", "hint"),
    [
        (RuntimeError("Tensor.item() cannot be called on meta tensors"), VALUES),
        (NotImplementedError("The register_meta function for torch.nonzero() raises unimplemented"), VALUES),
        (TypeError("forward() missing 1 required positional argument: 'y'"), SEVERAL),
        (TypeError("Sequential.forward() takes 2 positional arguments but 3 were given"), SEVERAL),
        (
            RuntimeError("Input type (float) and bias type (c10::Half) should be the same"),
            "module.float() has one type of values throughout",
        ),
        (
            RuntimeError("Found no NVIDIA driver on your system"),
            "the pass needs no GPU where code takes the device of its input, as x.device",
        ),
        (
            RuntimeError("shape '[32, -1]' is invalid for input of size 8784"),
            f"{GIVEN}: the size of a batch must not be written into the code",
        ),
        (RuntimeError("Invalid channel dimensions"), GIVEN),
        (ZeroDivisionError("division by zero"), None),
    ],
)
def test_errors_of_pytorch_have_hints(error: Exception, hint: str | None) -> None:
    assert failure("Net", error, "", SHAPES, 61).hint == hint


def forward() -> None:
    raise RuntimeError("Invalid channel dimensions\nand more")


def test_the_module_and_the_line_are_told() -> None:
    with pytest.raises(RuntimeError) as raised:
        forward()
    line = forward.__code__.co_firstlineno + 1
    assert failure("Net", raised.value, "layer1.0", SHAPES, 61).message == (
        f"Net: forward() raised RuntimeError in `layer1.0`, test_failures.py:{line}: Invalid channel dimensions"
    )


def test_a_long_error_is_told_by_its_first_sentence() -> None:
    error = RuntimeError(f"It is not there. {'More of it. ' * 20}")
    assert failure("Net", error, "", {}, 61).message == "Net: forward() raised RuntimeError: It is not there"
