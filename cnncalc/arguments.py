"""Checks what is given from Python, once and at the door, and says what is wrong with it in the words of Python."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, enumerated, value_text
from cnncalc.shapes import MAX_RANK, MAX_SIZE, Shape, as_whole, is_written_shape, parse_shape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

MOST_SEED: Final = 2**64 - 1
"""The largest seed."""

MOST_THREADS: Final = 1024
"""The most threads that may be asked for: they are started, however few processors there are."""

DRAWN: Final = ("small", "run")
"""How the values of a calculation are drawn: as small whole numbers, or as by a run."""

ENGINES: Final = ("numpy", "onnxruntime")
"""What can execute a network."""

MOST_DIGITS: Final = 20
"""No number of a unit has more digits: it would be beyond every axis."""

LEAST_STEP: Final = 1e-9
"""The least difference between values of a parameter."""

SOURCE: Final = "a path, the name of a bundled architecture or the text of a spec"
"""What a spec is loaded from."""

_UNIT: Final = re.compile(r"\s*[0-9]+\s*(,\s*[0-9]+\s*)*")
_FEW: Final = MAX_RANK + 2
"""Of more values than this, as many are looked at: there are too many already."""


def wrong(name: str, wanted: str, value: object, hint: str | None = None) -> CnncalcError:
    """The error for an argument that is not what is wanted.

    >>> print(wrong("batch", "a whole number", None))
    error: `batch` takes a whole number, not None
    """
    return CnncalcError(f"`{name}` takes {wanted}, not {as_given(value)}", hint=hint)


def as_given(value: object) -> str:
    """A value as Python writes it, cut where it is long.

    >>> as_given([None, 1.5]), as_given("a" * 99), as_given(10**9999)
    ('[None, 1.5]', "'aaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaa'", 'a huge number')
    """
    from reprlib import Repr

    if isinstance(value, int) and not isinstance(value, bool):
        return value_text(value)
    short = Repr()
    short.maxstring = short.maxother = 56
    try:
        return " ".join(short.repr(value).split())
    except ValueError:  # of a number with thousands of digits somewhere inside
        return f"a {type(value).__name__}"


def path(value: Any) -> str:
    """The path of a file; raises `CnncalcError`.

    >>> path("net.onnx")
    'net.onnx'
    """
    from os import PathLike, fspath

    found = fspath(value) if isinstance(value, (str, PathLike)) else None
    if not isinstance(found, str) or not found:
        raise wrong("path", "the path of a file", value)
    return found


def whole_number(name: str, value: Any, least: int, most: int = MAX_SIZE) -> int:
    """A whole number of Python's or NumPy's, but neither True nor False; raises `CnncalcError`.

    >>> whole_number("batch", 8, 1)
    8
    """
    number = as_whole(value)
    if number is None or not least <= number <= most:
        raise wrong(name, f"a whole number from {least} to {most}", value)
    return number


def thread_count(value: Any) -> int | None:
    """How many threads compute; None where it is left to the machine. Raises `CnncalcError`.

    >>> thread_count(2)
    2
    """
    return None if value is None else whole_number("threads", value, 1, MOST_THREADS)


def dtype_name(value: Any, dtypes: Sequence[str]) -> str:
    """The name of a type of values, one of `dtypes`, from its name or from NumPy's type; raises `CnncalcError`.

    >>> import numpy as np
    >>> [dtype_name(known, ["float32", "int8"]) for known in ("int8", np.float32, np.dtype("int8"))]
    ['int8', 'float32', 'int8']
    """
    name = value.__name__ if isinstance(value, type) else value if isinstance(value, str) else _name_of(value)
    if name not in dtypes:
        raise wrong("dtype", enumerated(dtypes, "or"), value)
    return name


def _name_of(value: object) -> str:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else ""


def engine_name(value: Any, dtype: str, *, compared: bool) -> str:
    """The name of an engine that computes in that type; raises `CnncalcError`.

    >>> engine_name("onnxruntime", "float32", compared=True)
    'onnxruntime'
    """
    if value not in ENGINES:
        raise wrong("engine", enumerated([f"`{engine}`" for engine in ENGINES], "or"), value)
    if value == "numpy" and compared:
        raise CnncalcError("NumPy is compared with another engine, and none is named", hint='`engine="onnxruntime"`')
    if value == "onnxruntime" and dtype != "float32":
        raise CnncalcError(f"ONNX Runtime executes in float32 here, not in {dtype}", hint="leave `dtype` out")
    return str(value)


def text_or_none(name: str, wanted: str, value: Any) -> str | None:
    """A text, or None; raises `CnncalcError`."""
    if value is None or isinstance(value, str):
        return value
    raise wrong(name, wanted, value)


def layer_name(value: Any) -> str | None:
    """The name of a layer, or None; raises `CnncalcError`."""
    return text_or_none("layer", "the name of a layer or a scope", value)


def layer_names(name: str, values: Any) -> tuple[str, ...]:
    """The names of any number of layers, scopes or types; raises `CnncalcError`.

    >>> layer_names("functions", ["relu", "pool1"])
    ('relu', 'pool1')
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise wrong(name, "a list of names", values)
    names = tuple(values)
    for value in names:
        if not isinstance(value, str):
            raise wrong(name, "a list of names", names)
    return names


def convention_name(value: Any) -> str:
    """The name of a tool that counts; raises `CnncalcError`."""
    if isinstance(value, str):
        return value
    raise wrong("convention", "the name of a tool, such as 'fvcore'", value)


def plan_name(value: Any, plans: Sequence[str]) -> str:
    """The name of a plan of memory; raises `CnncalcError`."""
    if value not in plans:
        raise wrong("by", enumerated([f"`{plan}`" for plan in plans], "or"), value)
    return str(value)


def variant_name(value: Any) -> str | None:
    """The name of a variant, or None; raises `CnncalcError`."""
    return text_or_none("variant", "the name of a variant", value)


def parameter_name(value: Any) -> str:
    """The name of a parameter; raises `CnncalcError`."""
    if isinstance(value, str):
        return value
    raise wrong("parameter", "the name of a parameter", value)


def source(value: Any, name: str = "source") -> str:
    """The path, name or text that a spec is loaded from; raises `CnncalcError`.

    >>> from pathlib import Path
    >>> source("lenet"), source(Path("net.yaml"))
    ('lenet', 'net.yaml')
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(path, str):
        return path
    hint = None
    if isinstance(value, (list, tuple)) and name == "sources":
        hint = "give each as an argument of its own: check(*sources)"
    elif isinstance(value, (Mapping, list)):
        hint = "give its text: yaml.safe_dump(spec, sort_keys=False)"
    elif isinstance(path, bytes):
        hint = "decode it: it has to be a str"
    elif hasattr(value, "blueprint"):
        hint = "give what the network was loaded from; `at` gives it at another size"
    raise wrong(name, SOURCE, value, hint)


def weights(value: Any) -> str | Mapping[str, Any] | None:
    """Arrays by name, or the path of the file that has them; None where none are given. Raises `CnncalcError`.

    >>> from pathlib import Path
    >>> weights(Path("model.npz")), weights({"conv1.bias": [0.5]})
    ('model.npz', {'conv1.bias': [0.5]})
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if path is None or isinstance(path, str):
        return path
    if isinstance(path, Mapping) and all(isinstance(name, str) for name in path):
        return path
    hint = "call `state_dict()`" if hasattr(value, "state_dict") else None
    raise wrong("weights", "arrays by name, or the path of an .npz or .safetensors file", value, hint)


def words(values: Iterable[Any], wanted: str, function: str) -> None:
    """Raise `CnncalcError` unless the arguments of a function that takes any number of them are texts."""
    for value in values:
        if not isinstance(value, str):
            several = isinstance(value, Iterable)
            hint = f"give each as an argument of its own: {function}(*names)" if several else None
            raise CnncalcError(f"`{function}` takes {wanted}, not {as_given(value)}", hint=hint)


def settings(value: Any) -> dict[str, Any]:
    """The values of parameters by their names; raises `CnncalcError`."""
    return dict(_by_name("set", "a dict of parameters by name, such as {'width': 64}", value))


def layer_registry(value: Any) -> Mapping[str, type[Any]] | None:
    """The layer types by their names, or None; raises `CnncalcError`."""
    if value is None:
        return None
    wanted = "a dict of layer types by name, such as {**LAYERS, 'mine': Mine}"
    found = _by_name("layers", wanted, value)
    for name, kind in found.items():
        if not isinstance(kind, type) or not hasattr(kind, "type_name"):
            raise wrong("layers", wanted, {name: kind})
    return found


def budgets(value: Any) -> dict[str, Any]:
    """The budgets by the names of totals; raises `CnncalcError`."""
    return dict(_by_name("budgets", "a dict of counts by the names of totals, such as {'macs': 1_000_000}", value))


def grid(value: Any) -> dict[str, Any]:
    """The values of a grid by the names of what varies; raises `CnncalcError`."""
    return dict(_by_name("grid", "a dict of values by the names of parameters, such as {'width': [32, 64]}", value))


def step(value: Any) -> Decimal:
    """The difference between the values of a parameter, a number above 0, exactly as written; raises `CnncalcError`.

    >>> step(8), step(0.05), step("0.1")
    (Decimal('8'), Decimal('0.05'), Decimal('0.1'))
    """
    from decimal import Decimal, InvalidOperation

    plain = value.item() if hasattr(value, "item") else value
    text = str(plain) if isinstance(plain, (int, float, str, Decimal)) and not isinstance(plain, bool) else ""
    try:
        number = Decimal(text.strip()[:MOST_DIGITS])
    except InvalidOperation:
        number = Decimal(0)
    if not number.is_finite() or not LEAST_STEP <= number <= MAX_SIZE:
        raise wrong("step", f"a number from {LEAST_STEP} to {MAX_SIZE}", value)
    return number


def _by_name(name: str, wanted: str, value: Any) -> Mapping[str, Any]:
    """A mapping with texts as keys, nothing for None; raises `CnncalcError`."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise wrong(name, wanted, value)
    return value


def unit(value: Any) -> tuple[int, ...] | None:
    """A place on each axis, as one number, several, or a text such as `4,7`; None as it is. Raises `CnncalcError`.

    >>> unit(3), unit([4, 7]), unit("4,7")
    ((3,), (4, 7), (4, 7))
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return parse_unit(value)
        except ValueError as error:
            raise CnncalcError(f"`unit` {error}") from None
    numbers = _numbers(value)
    if not numbers or max(map(abs, numbers)) >= 10**MOST_DIGITS:
        raise wrong("unit", "a number for each axis, such as (4, 7)", value)
    return numbers


def channels(value: Any) -> tuple[int, ...]:
    """The numbers of channels, as one number, several, or a text such as `0,3`. Raises `CnncalcError`.

    >>> channels(2), channels("0,3")
    ((2,), (0, 3))
    """
    if isinstance(value, str):
        try:
            return parse_unit(value)
        except ValueError as error:
            raise CnncalcError(f"`channels` {error}") from None
    numbers = _numbers(value)
    if not numbers:
        raise wrong("channels", "the number of a channel, or several such as (0, 3)", value)
    return numbers


def drawn(value: Any) -> str:
    """How what is not given is drawn. Raises `CnncalcError`.

    >>> drawn("small")
    'small'
    """
    if value not in DRAWN:
        raise wrong("drawn", enumerated([f"`{word}`" for word in DRAWN], "or"), value)
    return str(value)


def parse_unit(text: str) -> tuple[int, ...]:
    """The numbers of a unit as written; raises `ValueError`.

    >>> parse_unit("4, 7")
    (4, 7)
    """
    if not _UNIT.fullmatch(text):
        raise ValueError(f"takes numbers from 0 such as 4,7, not {as_given(text)}")
    numbers = text.split(",")
    if max(len(number.strip()) for number in numbers) > MOST_DIGITS:
        raise ValueError(f"{text[:MOST_DIGITS]}... is beyond every axis")
    return tuple(map(int, numbers))


def sizes(value: Any) -> Shape | None:
    """An output size, as one number, several, or a text such as `55x27`; None as it is. Raises `CnncalcError`.

    >>> sizes(55), sizes((55, 27)), sizes("55x27")
    ((55,), (55, 27), (55, 27))
    """
    if value is None:
        return None
    written = isinstance(value, str) and is_written_shape(value)
    numbers = value if written else _numbers(value)
    if not numbers:
        raise wrong("output", "a size such as 55, (55, 27) or '55x27'", value)
    try:
        return parse_shape(numbers if written else list(numbers))
    except ValueError as error:
        raise CnncalcError(f"`output` {error}") from None


def _numbers(value: Any) -> tuple[int, ...] | None:
    """One whole number, or a few; None for anything else."""
    whole = as_whole(value)
    if whole is not None:
        return (whole,)
    if isinstance(value, (str, bytes, Mapping, AbstractSet)) or not isinstance(value, Iterable):
        return None
    try:
        items = [as_whole(item) for item in islice(value, _FEW)]
    except TypeError:  # NumPy's arrays without axes can be asked for, and have no items
        return None
    return None if None in items else tuple(item for item in items if item is not None)
