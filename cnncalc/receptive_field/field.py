"""The receptive field of one tensor along one axis of one input, merged over several paths.

A `Field` adds to an `AxisMap` what a map alone cannot say: paths that see everything, and paths that do not line up.
The quantities are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill 2019, doi:10.23915/distill.00021.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.geometry.axis_map import IDENTITY, LARGEST_SIZE, LONGEST_PERIOD, AxisMap

if TYPE_CHECKING:
    from cnncalc.receptive_field.paths import Path


class Field(NamedTuple):
    """What the units of one tensor see of one axis of one input.

    `local` maps a unit to the pixels that it sees by the paths that are not global, and is None where every path
    is. `seen` holds the first and last pixel that all units together see, clipped at every layer on the way; `exact`
    is False where these are only conservative bounds, as some layer on the way skips positions. `axis` is the axis of
    the tensor along which `local` counts its units; 0 are the channels.

    Where one map does not tell it, because axes were cut, joined or hold several pieces, `paths` do, and `local` and
    `axis` mean nothing. `approximate` says that a unit may see less, as the paths had no short description.
    """

    local: AxisMap | None
    seen: tuple[int, int]
    axis: int = 1
    aligned: bool = True
    is_global: bool = False
    exact: bool = True
    paths: tuple["Path", ...] = ()
    approximate: bool = False

    @property
    def plain(self) -> bool:
        """Whether the field does not depend on the channel."""
        return not self.paths and (self.local is None or self.axis > 0)

    @property
    def size(self) -> int:
        """Pixels that an interior unit sees or, where every path is global, that all of them see."""
        return self.local.size if self.local else max(self.seen[1] - self.seen[0] + 1, 0)

    def whole(self, *, exact: bool = True) -> "Field":
        """The field where every path sees the whole, of a layer that skips positions if not `exact`."""
        return self._replace(local=None, is_global=True, exact=self.exact and exact, paths=())

    def after(self, reads: AxisMap, size: int, output_size: int) -> "Field":
        """The field behind a layer that turns `size` units along its axis into `output_size`, reading by `reads`."""
        if self.local is None or reads is IDENTITY:
            return self
        if reads.period * self.local.period > LONGEST_PERIOD:
            return self._replace(local=None, is_global=True, exact=False, approximate=True)
        one = len(reads.firsts) == 1 == len(self.local.firsts) and self.local.firsts[0] <= self.local.lasts[0]
        if one and reads.step >= 0 <= self.local.step:
            return self._after_window(reads, self.local, size, output_size)
        first, last = reads.span(0, output_size - 1)
        inside = self.local.span(max(first, 0), min(last, size - 1))
        local = reads.compose(self.local)
        if not local.step and local.period > 1:  # units one by one, such as of an axis that was rolled there and back
            from cnncalc.receptive_field.paths import with_shortest_period

            local = with_shortest_period(local, output_size)
        all_units = local.span(0, output_size - 1)
        seen = self.seen
        if not self.is_global:
            seen = max(seen[0], inside[0], all_units[0]), min(seen[1], inside[1], all_units[1])
        if local.size > LARGEST_SIZE or abs(local.step) > LARGEST_SIZE:
            return self._replace(local=None, seen=seen, is_global=True)
        return self._replace(local=local, seen=seen)

    def _after_window(self, reads: AxisMap, local: AxisMap, size: int, output_size: int) -> "Field":
        """`after` where every unit reads alike, which is the case for nearly all layers of nearly all networks."""
        near, far, step = reads.firsts[0], reads.lasts[0], reads.step
        first, last, stride = local.firsts[0], local.lasts[0], local.step
        start, end = first + near * stride, last + far * stride
        seen = self.seen
        if not self.is_global:
            inside = last + min(far + (output_size - 1) * step, size - 1) * stride
            last_unit = end + (output_size - 1) * step * stride
            seen = max(seen[0], start, first + max(near, 0) * stride), min(seen[1], inside, last_unit)
        if end - start >= LARGEST_SIZE or step * stride > LARGEST_SIZE:
            return self._replace(local=None, seen=seen, is_global=True)
        composed = AxisMap((start,), (end,), step * stride)
        return Field(composed, seen, self.axis, self.aligned, self.is_global, self.exact, (), self.approximate)

    def union_hull(self, other: "Field") -> "Field | None":
        """The field where two paths meet, the hull of their union; None where it is not one map of one axis."""
        if self.paths or other.paths:
            return None
        union = self.union_facts(other)
        if self.local is None or other.local is None:
            follows = self if self.local else other
            return union._replace(local=follows.local, axis=follows.axis)
        if self.axis != other.axis or not self.local.same_rate(other.local):
            return None
        if self.local == other.local:
            return union
        period = lcm(self.local.period, other.local.period)
        if period > LONGEST_PERIOD:
            return None
        aligned = union.aligned and self.local.same_centres(other.local)
        return union._replace(local=self.local.hull(other.local), aligned=aligned)

    def union_facts(self, other: "Field") -> "Field":
        """The field with what holds of the union of both, whatever their maps."""
        return self._replace(
            seen=(min(self.seen[0], other.seen[0]), max(self.seen[1], other.seen[1])),
            aligned=self.aligned and other.aligned,
            is_global=self.is_global or other.is_global,
            exact=self.exact and other.exact,
            approximate=self.approximate or other.approximate,
        )
