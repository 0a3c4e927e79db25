"""The inputs of a network from files, each checked against the axes and channels of its input in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, shape_text
from cnncalc.execution.tensors import Deferred
from cnncalc.interchange import arrays
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import ChosenVariant

LIST: Final = "the list of --data"
"""What an array on the command line is called in messages."""


def read_inputs(given: Sequence[tuple[str | None, str]], choice: ChosenVariant) -> dict[str, Any]:
    """The arrays of files and lists, by the name of the input; each is given with that name or, if alone, without.

    An archive gives several. Raises `CnncalcError` for an input that there is not, and unless an array has the axes and
    the channels of its input; its other sizes are free.
    """
    names = list(choice.inputs) or ["input"]
    found: dict[str, Any] = {}
    for named, source in given:
        if named is not None:
            _check_name(named, names, choice)
        for name, array in _arrays(named, source, names, choice).items():
            _check_axes(LIST if is_list(source) else source, name, array, choice)
            found[name] = array
    return found


def _check_name(name: str, names: list[str], choice: ChosenVariant, owner: str = "") -> None:
    """Raise `CnncalcError` for an input that there is not; `owner` is what has an array of that name."""
    if name not in names:
        fact = f"{owner}{choice.spec.name} has no input `{printable(name)}`"
        raise CnncalcError(fact, hint=did_you_mean(name, names, "inputs"))


def is_list(source: str) -> bool:
    """Whether `--data` has the numbers themselves, and not the name of a file."""
    return source.lstrip().startswith("[")


def is_archive(source: str) -> bool:
    """Whether a file is named as one of several arrays."""
    return source.lower().endswith(arrays.ARCHIVE_ENDING)


def _arrays(named: str | None, source: str, names: list[str], choice: ChosenVariant) -> dict[str, Any]:
    """What a list or a file has, by the names of the inputs."""
    name = named or names[0]
    own, layout = choice.inputs.get(name), choice.spec.layout
    if is_list(source):
        from cnncalc.interchange import text_arrays

        return {name: text_arrays.list_as_input(text_arrays.parse_list(source), own, layout)}
    if source.lower().endswith(arrays.TABLE_ENDINGS):
        from cnncalc.interchange import text_arrays

        arrays.check_regular(source)
        return {name: text_arrays.table_as_input(text_arrays.read_table(source), own, layout)}
    if arrays.is_archive(source):
        return _members(named, source, names, choice)
    return {name: arrays.read(source, own[0] if own else None, layout)}


def _members(named: str | None, path: str, names: list[str], choice: ChosenVariant) -> dict[str, Any]:
    """The array of an archive that bears the input's name or is alone, or all by their names."""
    from cnncalc.interchange import archives

    members = archives.member_names(path)
    if len(members) == 1 and (named is not None or len(names) == 1):
        return {named or names[0]: archives.read_member(path, members[0])}
    if named is None:
        for member in members:
            _check_name(member, names, choice, f"{path} has an array `{printable(member)}`, and ")
        return {member: archives.read_member(path, member) for member in members}
    if named not in members:
        listed = ", ".join(printable(member) for member in members[:8])
        raise CnncalcError(f"{path} has no array `{named}`", hint=f"it has {listed}" if listed else None)
    return {named: archives.read_member(path, named)}


def shapes_of(found: Mapping[str, Any], choice: ChosenVariant) -> dict[str, Shape]:
    """The shapes of inputs, without the batch if they have one; the axes of an input that the spec has not are all."""
    axes = {name: len(choice.inputs[name]) if name in choice.inputs else array.ndim for name, array in found.items()}
    return {name: array.shape[array.ndim - axes[name] :] for name, array in found.items()}


def as_one_channel(found: Mapping[str, Any], choice: ChosenVariant) -> dict[str, Any] | None:
    """An array without an axis of channels as that of one channel; None where the spec says what the input is.

    Layers in one line say nothing of it, and `[[1, 3], [4, 6]]` may be two sequences or a map.
    """
    (name, array), *others = found.items()
    if others or choice.inputs or isinstance(array, Deferred) or array.ndim not in (1, 2):
        return None
    return {name: array[..., None] if choice.spec.layout.channels_last else array[None]}


def _check_axes(path: str, name: str, array: Any, choice: ChosenVariant) -> None:
    """Raise `CnncalcError` unless an array has the axes and the channels of its input."""
    own = choice.inputs.get(name)
    if own is None:
        return
    if array.ndim not in (len(own), len(own) + 1):
        fact = f"{path} has {_counted(array.ndim, 'axis', 'axes')}, and `{name}` has {len(own)}"
        shape = f": it is {shape_text(array.shape)}" if array.ndim else ""
        raise CnncalcError(fact + shape, hint=f"{_wanted(own, choice)}, with or without a batch axis before it")
    layout = choice.spec.layout
    shape = array.shape[array.ndim - len(own) :]
    found = layout.internal(shape)
    if found[0] == own[0]:
        return
    if len(own) == 1:
        features = _counted(found[0], "feature", "features")
        raise CnncalcError(f"{path} has {features}, and `{name}` takes {own[0]}")
    channels = _counted(own[0], "channel", "channels")
    hint = _order(name, found, own, choice) or f"--data sets the spatial sizes: {_wanted(own, choice)}"
    raise CnncalcError(f"{path} is {shape_text(shape)}, and `{name}` takes {channels}", hint=hint)


def _order(name: str, found: Shape, own: Shape, choice: ChosenVariant) -> str | None:
    """The hint where other channels than the spec's are found because either shape is the wrong way round."""
    layout = choice.spec.layout
    spec_means, data_means = layout.likely_meant(own), layout.likely_meant(found, own)
    if spec_means is not None and spec_means[0] == found[0]:
        return f"in the spec {next(layout.order_doubts({name: own}, {}))}"
    if data_means is None or data_means[0] != own[0]:
        return None
    return layout.array_hint(data_means, is_fixed=not choice.spec.source.text)


def _wanted(own: Shape, choice: ChosenVariant) -> str:
    """The shapes that an input takes, as the spec orders their axes.

    >>> from cnncalc.spec.sources import choose
    >>> _wanted((3, 32, 32), choose("lenet", None, {}))
    'give it 3 x H x W'
    """
    letters = {1: "L", 2: "HW", 3: "DHW"}.get(len(own) - 1, "")
    return f"give it {' x '.join(map(str, choice.spec.layout.external((own[0], *letters))))}"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
