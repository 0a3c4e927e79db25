"""Functions of a model that turn axes, cut them and lay them out anew; axes count the batch, as Keras's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.keras.arguments import numbers
from cnncalc.models.keras.options import laid_out
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.keras.translator import Call, Tensor, Translator


def behind_batch(axis: Any) -> int:
    """An axis as those count that leave out the batch; raises `UntranslatableError` for the batch itself.

    >>> behind_batch(1), behind_batch(-1)
    (0, -1)
    """
    if type(axis) is not int or axis == 0:
        raise UntranslatableError("along the batch, or no axis, has no counterpart here")
    return axis - 1 if axis > 0 else axis


def axis_options(type_: str, axis: Any, x: Tensor, translator: Translator, name: str = "dim") -> dict[str, Any]:
    """The options of a layer that works along an axis."""
    several = isinstance(axis, list)
    dims = [_inside(item, x) for item in (axis if several else [axis])]
    options = {name: dims if several and len(dims) > 1 else dims[0], "data_format": "channels_last"}
    return laid_out(type_, options, len(x.shape or ()), translator.layout)


def _inside(axis: Any, x: Tensor) -> int:
    """An axis of a tensor, counted from its front without the batch."""
    dim, rank = behind_batch(axis), len(x.shape or ())
    if not -rank <= dim < rank:
        raise UntranslatableError(f"along axis {axis}, where there are {rank + 1}, is not meant")
    return dim % rank


def reduced(given: Mapping[str, Any], x: Tensor, translator: Translator) -> dict[str, Any]:
    """The options of a reduction."""
    axis = given.get("axis")
    if axis is None:
        raise UntranslatableError("over all axes, the batch among them, has no counterpart here")
    keeps = bool(given.get("keepdims", given.get("keep_dims", False)))
    rank = len(x.shape or ())
    dims = sorted({_inside(item, x) for item in (axis if isinstance(axis, list) else [axis])})
    options: dict[str, Any] = {"dim": dims, "keepdim": keeps}
    if translator.channels_last:
        if not keeps and rank - 1 in dims:
            options["data_format"] = "channels_last"
        else:
            options["dim"] = [translator.layout.axis(dim, rank) for dim in dims]
    if keeps:
        del options["keepdim"]
    if len(options["dim"]) == 1:
        [options["dim"]] = options["dim"]
    return options


def reshaped(translator: Translator, call: Call, x: Tensor, shape: Any) -> Tensor:
    """The same values with other axes, of which the first stays the batch."""
    if not isinstance(shape, list) or len(shape) < 2 or shape[0] not in (-1, None):
        raise UntranslatableError("to a shape that does not begin with the batch has no counterpart here")
    sizes = [-1 if size is None else size for size in shape[1:]]
    if any(type(size) is not int for size in sizes):
        raise UntranslatableError("to a shape that is computed has no counterpart here")
    options = {"shape": sizes, "data_format": "channels_last"}
    return translator.emit(call, "reshape", laid_out("reshape", options, 2, translator.layout), [x])


def transposed(translator: Translator, call: Call, x: Tensor, axes: Any) -> Tensor:
    """The axes in another order."""
    if not isinstance(axes, list) or not axes or axes[0] != 0:
        raise UntranslatableError("that moves the batch has no counterpart here")
    options = {"dims": [_inside(axis, x) for axis in axes[1:]], "data_format": "channels_last"}
    return translator.emit(call, "permute", laid_out("permute", options, 2, translator.layout), [x])


def expanded(translator: Translator, call: Call, x: Tensor, axis: Any, part: str = "") -> Tensor:
    """One axis more, of size 1."""
    if isinstance(axis, list) and len(axis) == 1:
        [axis] = axis
    options = {"dim": behind_batch(axis), "data_format": "channels_last"}
    return translator.emit(call, "unsqueeze", laid_out("unsqueeze", options, 2, translator.layout), [x], part)


def squeezed(translator: Translator, call: Call, x: Tensor, axis: Any, part: str = "") -> Tensor:
    """Axes of size 1 fewer; all of them where none is named."""
    shape = translator.layout.external(x.shape or ())
    dims = [at for at, size in enumerate(shape) if size == 1]
    if axis is not None:
        dims = [_inside(item, x) for item in (axis if isinstance(axis, list) else [axis])]
    if any(shape[dim] != 1 for dim in dims) or len(dims) >= len(shape):
        raise UntranslatableError("of axes that are longer than 1, or of all, has no counterpart here")
    sizes = [size for at, size in enumerate(shape) if at not in dims]
    translator.follows_sizes = True
    options = {"shape": sizes, "data_format": "channels_last"}
    return translator.emit(call, "reshape", laid_out("reshape", options, 2, translator.layout), [x], part)


def item(translator: Translator, call: Call, x: Tensor, keys: Any) -> Tensor:
    """A part, as ``x[:, 1:, ..., None, 0]`` takes it."""
    given = _keys(keys)
    rank = len(x.shape or ()) + 1
    taken = sum(key is not None and key is not ... for key in given)
    if ... in given:
        at = given.index(...)
        given[at : at + 1] = [slice(None)] * (rank - taken)
        taken = rank
    if taken > rank:
        raise UntranslatableError("takes more axes than there are")
    if not given or given[0] is None or _bounds(given[0]) != (None, None, None):
        raise UntranslatableError("that takes parts of the batch has no counterpart here")
    return _taken(translator, call, x, given[1:])


def _taken(translator: Translator, call: Call, x: Tensor, keys: list[Any]) -> Tensor:
    """The slices of each axis behind the batch, then the axes that are left out and the new ones."""
    shape = list(translator.layout.external(x.shape or ()))
    cuts: list[tuple[int, Any, Any, Any]] = []
    sizes: list[int] = []
    axis = 0
    for key in keys:
        if key is None:
            sizes.append(1)
            continue
        start, stop, step = _bounds(key)
        if isinstance(key, int):
            start, stop, step = key, (key + 1 or None), None
        if (start, stop, step) != (None, None, None):
            cuts.append((axis, start, stop, step))
        length = len(range(*slice(start, stop, step).indices(shape[axis])))
        if not isinstance(key, int):
            sizes.append(length)
        axis += 1
    sizes += shape[axis:]
    is_laid_out = any(key is None or isinstance(key, int) for key in keys)
    if not sizes:
        raise UntranslatableError("that leaves no axis has no counterpart here")
    return _cut(translator, call, x, cuts, sizes if is_laid_out else None)


def _cut(
    translator: Translator, call: Call, x: Tensor, cuts: list[tuple[int, Any, Any, Any]], sizes: list[int] | None
) -> Tensor:
    """A slice along axes, and then another shape, if there is one to be."""
    rank = len(x.shape or ())
    if cuts:
        axes = [translator.layout.axis(axis, rank) for axis, *_ in cuts]
        options: dict[str, Any] = {"dim": axes}
        for name, values in zip(("start", "end", "step"), zip(*(cut[1:] for cut in cuts), strict=True), strict=True):
            default = 1 if name == "step" else None
            given = [default if value is None else value for value in values]
            if any(value != default for value in given):
                options[name] = given
        if len(cuts) == 1:
            options = {name: value[0] for name, value in options.items()}
        x = translator.emit(call, "slice", options, [x], "slice" if sizes else "")
    if sizes is None:
        return x if cuts else translator.emit(call, "identity", {}, [x])
    translator.follows_sizes = True
    shaped = laid_out("reshape", {"shape": sizes, "data_format": "channels_last"}, 2, translator.layout)
    return translator.emit(call, "reshape", shaped, [x], "reshape" if cuts else "")


def _keys(keys: Any) -> list[Any]:
    """What stands between the brackets: numbers, None, `...` and slices."""
    found: list[Any] = []
    for key in keys if isinstance(keys, list) else [keys]:
        if isinstance(key, dict):
            config = key.get("config", key)
            kind = key.get("class_name", "")
            if kind == "__ellipsis__" or config.get("value") == "Ellipsis":
                found.append(...)
                continue
            values = [numbers(config.get(name)) for name in ("start", "stop", "step")]
            if any(value is not None and type(value) is not int for value in values):
                raise UntranslatableError("from places that are computed has no counterpart here")
            found.append(slice(*values))
        elif key in ("Ellipsis", "..."):
            found.append(...)
        elif key in ("None", "tf.newaxis", "newaxis"):
            found.append(None)
        elif key is None or type(key) is int:
            found.append(key)
        else:
            raise UntranslatableError("of places that are computed has no counterpart here")
    return found


def _bounds(key: Any) -> tuple[Any, Any, Any]:
    if not isinstance(key, slice):
        return key, key, key
    step = None if key.step == 1 else key.step
    return None if key.start == 0 and step is None else key.start, key.stop, step


def split(translator: Translator, call: Call, x: Tensor, parts: Any, axis: Any, *, by_sizes: bool) -> list[Tensor]:
    """The parts of an axis: so many equal ones, up to places, or of sizes."""
    dim = _inside(axis, x)
    size = translator.layout.external(x.shape or ())[dim]
    ours = translator.layout.axis(dim, len(x.shape or ()))
    if type(parts) is int and parts > 0 and size % parts == 0:
        ends = [size // parts * number for number in range(1, parts + 1)]
    elif isinstance(parts, list) and parts and all(type(part) is int for part in parts):
        ends = [sum(parts[: at + 1]) for at in range(len(parts))] if by_sizes else [*parts, size]
    else:
        raise UntranslatableError("into such parts has no counterpart here")
    starts = [0, *ends[:-1]]
    translator.follows_sizes = translator.follows_sizes or ours > 0
    return [
        translator.emit(call, "slice", {"dim": ours, "start": start, "end": end}, [x], str(number))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def padded(translator: Translator, call: Call, x: Tensor, widths: Any, mode: str, value: Any) -> Tensor:
    """More pixels around a map, as `numpy.pad` adds them."""
    rank = len(x.shape or ())
    pairs = widths if isinstance(widths, list) else []
    right = len(pairs) == rank + 1 and all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    if not right or pairs[0] != [0, 0] or mode not in ("constant", "reflect"):
        raise UntranslatableError("of the batch, or in this mode, has no counterpart here")
    channels, *spatial = translator.layout.internal(tuple(pairs[1:]))
    options: dict[str, Any] = {"padding": spatial}
    if channels != [0, 0]:
        options["channel_padding"] = channels
    if mode != "constant":
        options["mode"] = mode
    elif value:
        options["value"] = numbers(value)
    return translator.emit(call, "pad", options, [x])
