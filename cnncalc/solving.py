"""The way back: from an output size to the input sizes that give it, and which inputs a network takes at all.

Where the size has a closed form (`cnncalc.closed`), it is inverted; where it has none, the network is built at every
size of a range. What comes out is exact either way, over the inputs at which the network can be built, whatever
`in_features` its linear layers want. Each axis is solved for while the others stay as they are, but for those of other
inputs that have to meet it.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.closed import root_name
from cnncalc.domain import FEWER, Domain, intervals
from cnncalc.errors import CnncalcError
from cnncalc.explanation import selected
from cnncalc.fitting import Fit, fitting, tolerant
from cnncalc.remainders import Progression, nothing_dropped, possible
from cnncalc.tracing import given, written
from cnncalc.window import AXIS_NAMES, MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.domain import Intervals, Root
    from cnncalc.forms import Form
    from cnncalc.layout import Shape
    from cnncalc.network import Network, Node


_STEPS: Final = 64
"""How many outputs are looked at, either way, for the nearest that there is."""


class Following(NamedTuple):
    """Input sizes, first and last, with which axes of other inputs have to change too, and the sizes these may have."""

    inputs: tuple[int, int]
    others: dict[str, Intervals]


class AxisSolution(NamedTuple):
    """The input sizes that give an axis of the output a size.

    `symbol` is what `closed_form`, None if there is none, calls the size of the input's axis. `size` is that of the
    network at hand, `output` the one that was asked for; without it `inputs` is None too. `enumerated` is the range
    that was tried, where sizes were found by building the network. Where not all of many `inputs` will do, it is those
    that are congruent to one of `residues` by `modulus`. Axes of other inputs stay as they are, but for those of
    `following`.
    """

    axis: str
    input_axis: str | None
    symbol: str
    closed_form: str | None
    size: int
    output: int | None = None
    inputs: Intervals | None = None
    enumerated: tuple[int, int] | None = None
    modulus: int = 1
    residues: tuple[int, ...] = (0,)
    following: tuple[Following, ...] = ()


class Solution(NamedTuple):
    """What `solve` found; shapes are as the spec orders axes. `smallest` is None where none was found.

    With `follows_sizes` options follow the size of the input by expressions: what is told is right, but sizes may do
    too at which they are others.
    """

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layer: str
    output_shape: Shape
    axes: tuple[AxisSolution, ...]
    smallest: dict[str, Shape] | None
    progressions: tuple[Progression, ...]
    fits: tuple[Fit, ...]
    follows_sizes: bool
    notes: tuple[str, ...]


def solve(network: Network, layer: str | None = None, output: Sequence[int] | None = None) -> Solution:
    """Which inputs give a layer an output of that size, one number for all axes or one for each.

    The layer, or the last of a scope, is unless named the last on the way to the first output whose size follows the
    input's. Raises `CnncalcError` for an unknown layer, and where no input gives the size.

    >>> import cnncalc
    >>> [height, width] = solve(cnncalc.load("alexnet"), "conv1", [55]).axes
    >>> height.closed_form, height.inputs
    ('floor((H - 7) / 4)', ((227, 230),))
    """
    domain = Domain(network, tolerant())
    node, axes = _target(network, domain.forms, layer)
    wanted = _wanted(node, output)
    shown = network.layout.shown
    smallest = domain.smallest
    return Solution(
        name=network.name,
        variant=network.variant,
        settings=network.settings,
        inputs=network.inputs_shown,
        data_format=network.layout.name,
        layer=node.name,
        output_shape=shown(node.output_shape),
        axes=tuple(
            _solved(domain, node, axis, form, None if wanted is None else wanted[axis - 1])
            for axis, form in enumerate(axes[1:], 1)
        ),
        smallest=smallest and {name: shown(shape) for name, shape in smallest.items()},
        progressions=nothing_dropped(domain),
        fits=tuple(fitting(domain)),
        follows_sizes=network.follows_sizes,
        notes=network.notes,
    )


def _target(
    network: Network, sizes: list[tuple[Form | None, ...]], name: str | None
) -> tuple[Node, tuple[Form | None, ...]]:
    """The layer, and the forms of its output's axes."""
    first = len(network.inputs)
    of_nodes = list(zip(network.nodes, sizes[first:], strict=True))
    main = [of_nodes[tensor - first] for tensor in network.leading_to(network.outputs[0]) if tensor >= first]
    following = [pair for pair in main if any(form and form.root for form in pair[1][1:])]
    spatial = following or [pair for pair in main if len(pair[0].output_shape) > 1]
    if not spatial:
        raise CnncalcError(f"{network.name} has no layer with a spatial axis", hint="a vector's size is not solved for")
    if name is None:
        return spatial[-1]
    node, axes = of_nodes[selected(network, name)[-1]]
    if len(node.output_shape) == 1:
        before = f"name one before the map is flattened, such as `{spatial[-1][0].name}`"
        raise CnncalcError(f"`{node.name}` has no spatial axis: its output is a vector", hint=before)
    return node, axes


def _wanted(node: Node, output: Sequence[int] | None) -> tuple[int, ...] | None:
    rank = len(node.output_shape) - 1
    if output is None:
        return None
    if len(output) not in (1, rank):
        fact = (
            f"the output has {len(output)} sizes, and `{node.name}` has {rank} spatial ax{'i' if rank == 1 else 'e'}s"
        )
        raise CnncalcError(fact, hint="give one size for all axes, or one for each, such as 55 or 55x55")
    return tuple(output) if len(output) == rank else tuple(output) * rank


def _solved(domain: Domain, node: Node, axis: int, form: Form | None, wanted: int | None) -> AxisSolution:
    """The solution of one axis of the output, the channels being axis 0."""
    network = domain.network
    name = AXIS_NAMES[len(node.output_shape) - 1][axis - 1]
    root = form.root if form is not None else _likely_root(domain, axis)
    symbol = "" if root is None else root_name(network, root)
    input_axis = None if root is None else AXIS_NAMES[len(network.inputs[root[0]]) - 1][root[1] - 1]
    text = None
    if form is not None:
        text = str(form.constant) if root is None else written(form.at(given(network.inputs[root[0]][root[1]], symbol)))
    known = AxisSolution(name, input_axis, symbol, text, node.output_shape[axis])
    if wanted is None:
        return known
    known = known._replace(output=wanted)
    place = (network.tensor(node.name), axis)
    fixed = known.size if not domain.roots else None if form is None else form.constant
    if fixed is not None and fixed != wanted:
        raise CnncalcError(f"the {name} of `{node.name}` is {fixed} whatever the input, and never {wanted}")
    if not domain.roots:
        return known._replace(inputs=((1, MAX_SIZE),))
    found = None if form is None else _by_form(domain, form, wanted, place)
    tried: tuple[int, int] | None = None
    near: Iterable[tuple[int, Intervals]] = ()
    if form is None or found is None:
        root = root or _likely_root(domain, axis)
        assert root is not None
        known = known._replace(symbol=root_name(network, root), closed_form=None)
        sizes, tried = domain.enumerated(root, place, wanted)
        found = Solved(sizes)
        near = domain.near(root, place, wanted)
    elif form.root is not None and not found.inputs:
        needed = form.inverse(wanted, wanted)[0]
        if needed > MAX_SIZE:
            why = f"it would take {symbol} = {needed}, and an axis has at most {MAX_SIZE} pixels"
            raise CnncalcError(f"no input gives `{node.name}` a {name} of {wanted}: {why}")
        if network.follows_sizes:
            found = Solved(domain.enumerated(form.root, place, wanted, FEWER)[0])
        near = _near(domain, form.root, form, wanted, place)
    if not found.inputs:
        raise _none(node, name, wanted, near)
    following = () if root is None else tuple(_following(domain, root, found.inputs))
    return known._replace(**found._asdict(), enumerated=tried, following=following)


def _likely_root(domain: Domain, axis: int) -> Root | None:
    """The axis of an input that one without a form most likely follows; None where all inputs are vectors."""
    return next((root for root in domain.roots if root[1] == axis), next(iter(domain.roots), None))


class Solved(NamedTuple):
    """The inputs that give a size: intervals, of which those that meet a congruence will do."""

    inputs: Intervals
    modulus: int = 1
    residues: tuple[int, ...] = (0,)


def _by_form(domain: Domain, form: Form, wanted: int, place: tuple[int, int]) -> Solved | None:
    """The inputs at which a form gives a size; None where it does not hold, or tells nothing of what can be built."""
    if form.root is not None:
        sizes = domain.sizes(form.root, form, wanted, place)
        if not sizes or sizes[0][1] - sizes[0][0] < domain.patience:
            return None if sizes is None else Solved(sizes)
        return _checked(domain, [form.root], sizes[0], wanted, place)
    least = max(domain.least(root) for root in domain.roots)
    return _checked(domain, domain.roots, (least, MAX_SIZE), wanted, place)


def _checked(
    domain: Domain, roots: list[Root], interval: tuple[int, int], wanted: int, place: tuple[int, int]
) -> Solved | None:
    """An interval of too many sizes to build them all; None where some do not do that should."""
    known = {possible(domain, root) for root in roots}
    modulus, residues = known.pop()
    if known or not modulus:
        return None
    sizes = [size for more in (*range(9), 97, 1001) if (size := interval[0] + more) % modulus in residues]
    built = [domain.at(root, size) for root in roots for size in sizes]
    if any(network is None or domain.size_of(network, *place) != wanted for network in built):
        return None
    return Solved((interval,), modulus, residues)


def _following(domain: Domain, root: Root, inputs: Intervals) -> Iterator[Following]:
    """The sizes with which other inputs have to change, those of which they change alike together."""
    if len(domain.network.inputs) == 1 or sum(last + 1 - first for first, last in inputs) > domain.patience:
        return
    sizes = (size for first, last in inputs for size in range(first, last + 1))
    others = ((size, domain.others(root, size)) for size in sizes)
    for found, lot in groupby(others, key=itemgetter(1)):
        if found:
            named = {root_name(domain.network, other): spans for other, spans in found.items()}
            yield from (Following(interval, named) for interval in intervals(size for size, _ in lot))


def _near(
    domain: Domain, root: Root, form: Form, wanted: int, place: tuple[int, int]
) -> Iterator[tuple[int, Intervals]]:
    """The outputs next below and above one that there is not, and their inputs; forms grow with the input."""
    least = domain.least(root)
    edge = least + bisect_left(range(least, MAX_SIZE), wanted, key=form.at)
    for start, end, way in ((edge - 1, 0, -1), (edge, 1, 1)):
        size = start
        for _ in range(_STEPS):
            if not least <= size <= MAX_SIZE:
                break
            output = form.at(size)
            inputs = domain.sizes(root, form, output, place) if output != wanted else ()
            if inputs:
                yield output, inputs
                break
            size = form.inverse(output, output)[end] + way


def _none(node: Node, name: str, wanted: int, near: Iterable[tuple[int, Intervals]]) -> CnncalcError:
    """The error that names the nearest outputs and their inputs."""
    nearest = ", and ".join(f"{size} at {intervals_text(inputs)}" for size, inputs in near)
    hint = f"the nearest: {nearest}" if nearest else None
    return CnncalcError(f"no input gives `{node.name}` a {name} of {wanted}", hint=hint)


def intervals_text(intervals: Intervals) -> str:
    """Intervals in words; the largest size there can be is not written.

    >>> intervals_text(((227, 230), (232, 232))), intervals_text(((67, MAX_SIZE),))
    ('227 to 230, 232', '67 and more')
    """
    return ", ".join(str(a) if a == b else f"{a} and more" if b == MAX_SIZE else f"{a} to {b}" for a, b in intervals)
