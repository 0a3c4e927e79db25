"""Chains of volumes: what of a network is drawn as a volume, and what stands in the titles of others alone."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import Box, boxes, deepest_scope
from cnncalc.drawing.kinds import base_type, is_silent, word
from cnncalc.drawing.options import Options
from cnncalc.drawing.wording import sizes_text, title
from cnncalc.errors import CnncalcError
from cnncalc.summary.results import Report
from cnncalc.text import printable

MOST_CHAINS: Final = 12
"""The most chains of a figure: more are no figure to be looked at."""

MOST_NAMES: Final = 50
"""The most layers that a title has by name."""

_SOFTMAX: Final = ("softmax", "log_softmax")
_UNSEEN: Final = ("norm", "activation", "reshape", "other")
"""Kinds that are drawn only where they change what a map looks like."""


class Volume(NamedTuple):
    """A box that is drawn as a volume.

    `hidden` are the boxes behind it that are not drawn, `after` the words of those that stand beside the last volume.
    `held` is how many layers a scope has that is drawn as one, 0 of a box that is a layer; `alike` for how many equal
    ones it stands.
    """

    box: Box
    hidden: tuple[Box, ...] = ()
    after: tuple[str, ...] = ()
    held: int = 0
    alike: int = 1

    @property
    def has_band(self) -> bool:
        """Whether an activation is part of it, other than one that stands beside it."""
        others = (box.type if box.kind == "activation" else box.activation for box in self.hidden)
        found = (self.box.activation, *others)
        return any(name is not None and base_type(name) not in _SOFTMAX for name in found)

    @property
    def title(self) -> str:
        """What a reader is told who points at it: its layers, and those that are not drawn."""
        box = self.box
        layers = (*box.layers, *(name for hidden in self.hidden for name in hidden.layers))
        others = f"; {self.alike} alike" if self.alike > 1 else ""
        if self.held:
            return printable(f"{box.name}: {len(layers)} layers; {sizes_text(box.shape)}{others}")
        if len(layers) > MOST_NAMES:
            return title(box) + others
        behind = (*box.behind, *(name for hidden in self.hidden for name in (hidden.type, *hidden.behind)))
        return title(box._replace(layers=layers, behind=behind)) + others


class Chain(NamedTuple):
    """Volumes one after the other; `start` is the name of the one in another chain that it begins at."""

    volumes: tuple[Volume, ...]
    start: str | None = None


def chains_of(report: Report, options: Options) -> list[Chain]:
    """The chains of a network; raises `CnncalcError` where a layer has several inputs.

    >>> import cnncalc
    >>> [chain] = chains_of(cnncalc.load("lenet").report(), Options())
    >>> [volume.box.name for volume in chain.volumes]
    ['input', 'c1', 's2', 'c3', 's4', 'c5', 'f6', 'output']
    """
    every = boxes(report)
    found = every if options.depth is None else contracted(every, options.depth)
    merge = next((box for box in found if len(set(box.inputs)) > 1), None)
    if merge is not None:
        raise _has_merges(report.name, every, merge)
    volumes, places = _drawn(found)
    return _chains(volumes, places, report.name)


def _has_merges(name: str, every: Sequence[Box], merge: Box) -> CnncalcError:
    """The error of a network that is no chain, and the depth at which it is one."""
    fact = f"{name} is no chain of volumes: `{printable(merge.name)}` has {len(set(merge.inputs))} inputs"
    for depth in range(deepest_scope(every), 0, -1):
        found = contracted(every, depth)
        if len(found) > 3 and all(len(set(box.inputs)) < 2 for box in found):
            return CnncalcError(fact, hint=f"--style blocks draws it, and --depth {depth} its scopes as volumes")
    return CnncalcError(fact, hint="--style blocks draws it")


def contracted(every: Sequence[Box], depth: int) -> tuple[Box, ...]:
    """The boxes where those of a scope below names of so many parts are one, if they follow each other."""
    runs: list[tuple[str | None, list[Box]]] = []
    places: list[int] = []
    for box in every:
        parts = box.name.split(".")
        scope = ".".join(parts[:depth]) if len(parts) > depth else None
        if scope is None or not runs or runs[-1][0] != scope:
            runs.append((scope, []))
        runs[-1][1].append(box)
        places.append(len(runs) - 1)
    return tuple(_joined(scope, run, place, places) for place, (scope, run) in enumerate(runs))


def _joined(scope: str | None, run: list[Box], place: int, places: list[int]) -> Box:
    """A run of boxes as one, whose inputs are those from outside."""
    outside = tuple(dict.fromkeys(places[source] for box in run for source in box.inputs if places[source] != place))
    last = run[-1]
    if len(run) == 1 or scope is None:
        return last._replace(inputs=outside)
    head = next((box for box in run if box.kind not in (*_UNSEEN, "merge", "pooling")), run[0])
    return head._replace(
        name=scope,
        type=SCOPE,
        inputs=outside,
        shape=last.shape,
        layers=tuple(name for box in run for name in box.layers),
        window=None,
        behind=(),
        norm=None,
        activation=None,
        is_output=any(box.is_output for box in run),
        parameters=sum(box.parameters for box in run),
        macs=sum(box.macs for box in run),
        field=last.field,
    )


SCOPE: Final = "scope"
"""The type of a box that is a whole scope."""


def _drawn(found: Sequence[Box]) -> tuple[list[Volume], list[int | None]]:
    """The volumes, and of each the place of the one before it."""
    drawn: list[tuple[Box, list[Box]]] = []
    sources: list[int | None] = []
    place_of: list[int] = []
    for box in found:
        source = place_of[box.inputs[0]] if box.inputs else None
        if source is not None and _is_hidden(box, found[box.inputs[0]], drawn[source][0]):
            drawn[source][1].append(box)
            place_of.append(source)
        else:
            place_of.append(len(drawn))
            drawn.append((box, []))
            sources.append(source)
    return [_volume(box, hidden) for box, hidden in drawn], sources


def _volume(box: Box, hidden: Sequence[Box]) -> Volume:
    """A volume with what is not drawn behind it."""
    own = (word(box.activation),) if box.activation and base_type(box.activation) in _SOFTMAX else ()
    after = (*own, *(word(each.type) for each in hidden if _is_said(each)))
    return Volume(box, tuple(hidden), after, len(box.layers) if box.type == SCOPE else 0)


def _is_hidden(box: Box, source: Box, drawn: Box) -> bool:
    """Whether a box is none of its own: it leaves the map as it is drawn."""
    if box.kind == "pooling" and box.window is None and box.shape == source.shape:
        return True  # An adaptive pool to the size that the map has.
    if box.kind not in _UNSEEN or box.type == SCOPE:
        return False
    if box.kind != "reshape":
        return box.shape == source.shape or box.sizes != ()
    if len(box.shape) == 1:
        return True
    if len(drawn.shape) == 1:
        return False
    same_rank = len(box.shape) == len(drawn.shape)
    return not same_rank or (box.channels == drawn.channels and not (box.is_output and box.sizes != drawn.sizes))


def _is_said(box: Box) -> bool:
    """Whether the last volume has the word of a box beside it that is not drawn."""
    return box.is_output and box.kind in ("activation", "other") and not is_silent(box.type)


def _chains(volumes: list[Volume], sources: list[int | None], name: str) -> list[Chain]:
    """Chains from each start to its end: where several read one volume, the first goes on and others start anew."""
    chain_of: list[int] = []
    ends: list[int] = []
    found: list[tuple[list[Volume], str | None]] = []
    for place, (volume, source) in enumerate(zip(volumes, sources, strict=True)):
        if source is not None and ends[chain_of[source]] == source:
            number = chain_of[source]
            found[number][0].append(volume)
            ends[number] = place
        else:
            number = len(found)
            found.append(([volume], None if source is None else volumes[source].box.name))
            ends.append(place)
        chain_of.append(number)
    if len(found) > MOST_CHAINS:
        fact = f"{name} has {len(found):,} chains of volumes, and a figure of this style {MOST_CHAINS} at most"
        raise CnncalcError(fact, hint="--style blocks draws it")
    return [Chain(tuple(chain), start) for chain, start in found]
