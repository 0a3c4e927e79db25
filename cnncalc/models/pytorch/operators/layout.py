"""The same values as another tensor: reshaped, with axes in another order, or repeated along some."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.batches import FIRST, Batch, reshaped
from cnncalc.models.pytorch.builder import MOST_AXES
from cnncalc.models.pytorch.operators.functions import Function, function, is_on, sizes, tensor
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def reshape(builder: Builder, value: Value, shape: tuple[int, ...]) -> Value:
    """The values in another shape of PyTorch's: a layer only where the shape of a sample changes."""
    if shape == value.shape:
        return value
    batch = value.batch
    if batch is not None:
        batch = reshaped(value.shape, batch, shape, builder.recording.batch)
    if value.layer is None and value.constant is not None:
        return value.like(shape, batch)
    made = Value(shape, batch, layer=value.layer)
    if len(made.own) > MOST_AXES:  # laid out when it has fewer again
        made.layer, made.laid = builder.operand(value, value.laid), value.laid
    else:
        made.layer = builder.operand(value, made.own)
    return made


def permute(builder: Builder, value: Value, dims: Sequence[int]) -> Value:
    """The axes in another order."""
    dims = [dim % value.rank for dim in dims]
    shape = tuple(value.shape[dim] for dim in dims)
    batch = value.batch and value.batch._replace(axis=dims.index(value.batch.axis))
    moved = [
        value.axis(dim) if value.batch is None or dim != value.batch.axis else dim
        for dim in dims
        if value.batch is None or dim != value.batch.axis or value.batch.factor > 1
    ]
    if moved == sorted(moved):
        return value.like(shape, batch)
    if len(value.own) > MOST_AXES:
        return _permuted_in_blocks(builder, value, moved, shape, batch)
    layer = builder.operand(value, value.own)
    return builder.layer("permute", {"dims": moved}, [layer], shape, batch)


def _permuted_in_blocks(
    builder: Builder, value: Value, moved: list[int], shape: tuple[int, ...], batch: Batch | None
) -> Value:
    """The permutation of many axes by steps, in each of which a block of neighbours moves before some others."""
    order, held = list(range(len(moved))), value
    for at in range(len(moved)):
        if order[at] == moved[at]:
            continue
        start = order.index(moved[at])
        length = 1
        while at + length < len(moved) and start + length < len(order) and order[start + length] == moved[at + length]:
            length += 1
        blocks = (order[:at], order[at:start], order[start : start + length], order[start + length :])
        whole = [prod(value.own[axis] for axis in block) for block in blocks]
        kept = [number for number, block in enumerate(blocks) if block]
        turned = [number for number in (0, 2, 1, 3) if blocks[number]]
        laid = tuple(whole[number] for number in kept)
        after = tuple(whole[number] for number in turned)
        dims = [kept.index(number) for number in turned]
        layer = builder.operand(held, laid)
        held = builder.layer("permute", {"dims": dims}, [layer], after, None)
        order = [*blocks[0], *blocks[2], *blocks[1], *blocks[3]]
    return Value(shape, batch, layer=held.layer, laid=held.laid)


def _into_result(builder: Builder, given: Given) -> Value:
    """Whatever the arguments are, the values as they were in the shape that came out."""
    return reshape(builder, tensor(given), builder.result_shape())


def flatten(builder: Builder, given: Given) -> Value:
    """Some axes as one."""
    return _into_result(builder, given)


def unflatten(builder: Builder, given: Given) -> Value:
    """One axis as several."""
    return _into_result(builder, given)


def same(builder: Builder, given: Given) -> Value:
    """The tensor itself."""
    del builder
    return tensor(given)


def _permute(builder: Builder, given: Given) -> Value:
    return permute(builder, tensor(given), sizes(given, "dims"))


def _transpose(builder: Builder, given: Given) -> Value:
    value = tensor(given)
    order = list(range(value.rank))
    if value.rank > 1:
        one, other = given.get("dim0", -1) % value.rank, given.get("dim1", -2) % value.rank
        order[one], order[other] = order[other], order[one]
    return permute(builder, value, order)


def _reversed(builder: Builder, given: Given) -> Value:
    value = tensor(given)
    return permute(builder, value, range(value.rank)[::-1])


def _movedim(builder: Builder, given: Given) -> Value:
    value = tensor(given)
    sources, targets = ([each % value.rank for each in sizes(given, name)] for name in ("source", "destination"))
    order = [dim for dim in range(value.rank) if dim not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return permute(builder, value, order)


def expand(builder: Builder, value: Value, shape: tuple[int, ...]) -> Value:
    """Axes of size 1, or new ones before all others, become longer."""
    value = reshape(builder, value, (*(1,) * (len(shape) - value.rank), *value.shape))
    batch = value.batch
    samples = builder.recording.batch
    if batch is None:
        axis = next((at for at, size in enumerate(shape) if size == samples and value.shape[at] == 1), None)
        if axis is not None:  # the same for each sample
            batch = Batch(axis)
            value = value.like((*value.shape[:axis], samples, *value.shape[axis + 1 :]), batch)
            if value.layer is not None:
                before = value.like((*value.shape[:axis], 1, *value.shape[axis + 1 :]), None)
                value.layer = builder.operand(before, value.own)
    made = Value(shape, batch, layer=value.layer)
    if made.own == value.own:
        return value.like(shape, batch)
    layer = builder.operand(value, value.own)
    options = {"sizes": [-1 if size == before else size for size, before in zip(made.own, value.own, strict=True)]}
    return builder.layer("expand", options, [layer], shape, batch)


def _expand(builder: Builder, given: Given) -> Value:
    return expand(builder, tensor(given), builder.result_shape())


def _repeat(builder: Builder, given: Given) -> Value:
    value, shape = tensor(given), builder.result_shape()
    value = reshape(builder, value, (*(1,) * (len(shape) - value.rank), *value.shape))
    times = [size // before for size, before in zip(shape, value.shape, strict=True)]
    if value.batch is None and builder.recording.batch in times:
        axis = times.index(builder.recording.batch)
        target = tuple(builder.recording.batch if at == axis else size for at, size in enumerate(value.shape))
        value = expand(builder, value, target)
        times[axis] = 1
    if all(count == 1 for count in times):
        return value
    own = [1] * len(value.own)
    for dim, count in enumerate(times):
        if count > 1:
            own[value.axis(dim)] = count
    return builder.layer("tile", {"repeats": own}, [builder.operand(value, value.own)], shape, value.batch)


def _repeat_interleave(builder: Builder, given: Given) -> Value:
    """Each position several times: the axis with another behind it, which becomes longer, as one."""
    value, times, dim = tensor(given), given["repeats"], given.get("dim")
    if not isinstance(times, int) or dim is None:
        raise UntranslatableError("repeats each value another number of times")
    dim %= value.rank
    value.axis(dim)
    longer = reshape(builder, value, (*value.shape[: dim + 1], 1, *value.shape[dim + 1 :]))
    longer = expand(builder, longer, (*value.shape[: dim + 1], times, *value.shape[dim + 1 :]))
    return reshape(builder, longer, builder.result_shape())


def _turned(type_: str) -> Any:
    """`roll` and `flip`."""

    def make(builder: Builder, given: Given) -> Value:
        value = tensor(given)
        dims = [value.axis(dim) for dim in sizes(given, "dims")]
        if not dims:
            raise UntranslatableError("names no axes")
        options: dict[str, Any] = {"dim": dims if len(dims) > 1 else dims[0]}
        if type_ == "roll":
            shifts = sizes(given, "shifts")
            options = {"shifts": shifts if len(dims) > 1 else shifts[0], **options}
        return builder.layer(type_, options, [builder.operand(value, value.own)], value.shape, value.batch)

    return make


def _unfold(builder: Builder, given: Given) -> Value:
    """``F.unfold``; the method of tensors takes other arguments."""
    value = tensor(given)
    if value.batch != FIRST or value.rank != 4 or prod(builder.result_shape()) <= 0 or is_on(given, "step"):
        raise UntranslatableError("cuts windows out of another tensor than a map")
    options = {name: given[name] for name in ("kernel_size", "dilation", "padding", "stride") if name in given}
    return builder.layer("unfold", options, [builder.operand(value, value.own)], builder.result_shape(), value.batch)


def _fold(builder: Builder, given: Given) -> Value:
    """``F.fold``: windows are added up where they overlap."""
    value = tensor(given)
    if value.batch != FIRST or value.rank != 3:
        raise UntranslatableError("puts together what no batch of windows is")
    names = ("output_size", "kernel_size", "dilation", "padding", "stride")
    options = {name: given[name] for name in names if name in given}
    return builder.layer("fold", options, [builder.operand(value, value.own)], builder.result_shape(), value.batch)


_SAME: Final = (
    *("contiguous", "clone", "detach", "to", "cpu", "cuda", "float", "type_as", "requires_grad", "alias", "data"),
    *("double", "half", "bfloat16", "type", "positive", "lift_fresh", "as_subclass", "real", "view_as_same"),
)
RESHAPING: Final = ("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "reshape_as", "ravel")
"""Functions that give the same values in the same order."""
FUNCTIONS: Final[Mapping[str, Function]] = {
    **dict.fromkeys(_SAME, function(same, "input *rest")),
    **dict.fromkeys(RESHAPING, function(_into_result, "input *rest")),
    "permute": function(_permute, "input *dims"),
    "transpose": function(_transpose, "input dim0 dim1"),
    "swapaxes": function(_transpose, "input dim0 dim1"),
    "swapdims": function(_transpose, "input dim0 dim1"),
    "t": function(_reversed, "input"),
    "T": function(_reversed, "input"),
    "mT": function(_transpose, "input"),
    "movedim": function(_movedim, "input source destination"),
    "moveaxis": function(_movedim, "input source destination"),
    "expand": function(_expand, "input *rest"),
    "expand_as": function(_expand, "input other"),
    "broadcast_to": function(_expand, "input *rest"),
    "repeat": function(_repeat, "input *rest"),
    "tile": function(_repeat, "input *rest"),
    "repeat_interleave": function(_repeat_interleave, "input repeats dim"),
    "roll": function(_turned("roll"), "input shifts dims"),
    "flip": function(_turned("flip"), "input *dims"),
    "fold": function(_fold, "input output_size kernel_size dilation padding stride"),
    "unfold": function(_unfold, "input kernel_size dilation padding stride"),
}
