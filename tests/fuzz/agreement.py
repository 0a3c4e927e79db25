"""What several commands say of one network, held against each other and against its execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.fuzz.command_lines import SPEC
from tests.fuzz.verdicts import DONE, FAILED, REFUSED, Fault, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from tests.fuzz.trial import Run

MOST_OPERATIONS: Final = 1e8
"""Of a forward pass that is executed, or of all of a proof."""
MOST_VALUES: Final = 3e6
MOST_LAYERS: Final = 300
UNITS: Final = 2
LARGEST_BUILT: Final = 5_000
"""The largest input at which a solution is built."""


class Subject(NamedTuple):
    """A network: its summary, how to execute a command line, and a layer that was drawn."""

    summary: dict[str, Any]
    run: Run
    layer: dict[str, Any]

    @property
    def axes(self) -> list[int]:
        """The spatial sizes of the layer's output."""
        return self.spatial(self.layer["output_shape"])

    def spatial(self, shape: list[int]) -> list[int]:
        """The spatial sizes of a shape as written."""
        return shape[:-1] if self.summary["data_format"] == "channels_last" else shape[1:]


def faults(run: Run, rng: Random) -> Iterator[Fault]:
    """What the commands disagree on; nothing where the spec is no network."""
    subject = _subject(run, rng)
    if subject is None:
        return
    yield from _explained(subject)
    if _work(subject.summary) < MOST_OPERATIONS:
        yield from _executed(subject)
    yield from _fields(subject)
    for _ in range(UNITS):
        unit = tuple(rng.randrange(size) for size in subject.axes or [subject.layer["output_shape"][0]])
        yield from _seen(subject, unit)
    if subject.axes and len(subject.summary["inputs"]) == 1:
        yield from _reached(subject, rng)
    if subject.axes:
        yield from _solved(subject, rng)


def _subject(run: Run, rng: Random) -> Subject | None:
    told = run(("summary", SPEC, "--json"))
    summary = parsed(told.out) if told.status == DONE else None
    if summary is None or not 0 < len(summary["layers"]) <= MOST_LAYERS:
        return None
    return Subject(summary, run, rng.choice(summary["layers"]))


def _work(summary: dict[str, Any]) -> float:
    """About how many operations a forward pass takes."""
    totals = summary["totals"]
    return float(totals["flops"] + 30 * (totals["output_bytes"] + totals["weight_bytes"]))


def _told(subject: Subject, *arguments: str) -> tuple[Any, list[Fault]]:
    """The JSON of a command that has to succeed; None, and a fault, where it does not."""
    outcome = subject.run(arguments)
    if outcome.status in {DONE, FAILED}:
        return parsed(outcome.out), []
    if outcome.status is None:
        return None, []
    lines = outcome.err.splitlines() or [""]
    told = next((line for line in lines if line.startswith("error: ")), lines[0])  # notes may stand before it
    if "looks up whole numbers" in told:  # what cannot be executed may be counted
        return None, []
    return None, [Fault("refused", f"though summary is not: {told}", outcome.arguments)]


def _differ(what: str, arguments: Sequence[str], **values: object) -> Fault:
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return Fault("disagreement", f"{what}: {told}", tuple(arguments))


def _explained(subject: Subject) -> Iterator[Fault]:
    told, faults_ = _told(subject, "explain", "--json", "--", SPEC, subject.layer["name"])
    del told
    yield from faults_


def _executed(subject: Subject) -> Iterator[Fault]:
    """The arrays that came out, against the shapes and counts of the summary."""
    arguments = ("run", SPEC, "--json")
    report, faults_ = _told(subject, *arguments)
    yield from faults_
    if report is None:
        return
    if report["parameters"] != subject.summary["totals"]["parameters"]:
        yield _differ(
            "parameters", arguments, run=report["parameters"], summary=subject.summary["totals"]["parameters"]
        )
    for executed, told in zip(report["layers"], subject.summary["layers"], strict=True):
        if executed["actual_shape"] != told["output_shape"]:
            yield _differ("shape", arguments, run=executed["actual_shape"], summary=told["output_shape"])


def _fields(subject: Subject) -> Iterator[Fault]:
    """The receptive field of one layer, against that of the summary."""
    arguments = ("receptive-field", "--json", "--", SPEC, subject.layer["name"])
    told, faults_ = _told(subject, *arguments)
    yield from faults_
    field = subject.layer["receptive_field"]
    if told is not None and field != {name: told["receptive_field"].get(name) for name in field}:
        yield _differ("receptive field", arguments, alone=told["receptive_field"], summary=field)


def _seen(subject: Subject, unit: tuple[int, ...]) -> Iterator[Fault]:
    """What a unit sees: proven by execution, and no more than the summary says."""
    place = ",".join(map(str, unit))
    sizes = [size for shape in subject.summary["inputs"].values() for size in subject.spatial(shape)]
    proof = ["--verify"] if _work(subject.summary) * (sum(sizes) + 1) < 5 * MOST_OPERATIONS else []
    arguments = ("receptive-field", "--unit", place, "--json", *proof, "--", SPEC, subject.layer["name"])
    told, faults_ = _told(subject, *arguments)
    yield from faults_
    if told is None:
        return
    if proof and not told["verified"]["ok"]:
        yield _differ("pixels", arguments, mismatches=str(told["verified"]["mismatches"])[:200])
    if len(subject.summary["inputs"]) == 1:
        yield from _within(subject, unit, told["interval"], arguments)


def _within(subject: Subject, unit: tuple[int, ...], interval: list[Any], arguments: Sequence[str]) -> Iterator[Fault]:
    """The first and last pixel of a unit inside of the field: `size` long, and of unit 0 from minus the padding on."""
    field = subject.layer["receptive_field"]
    for axis, pixels in enumerate(interval):
        if pixels is None or (field["global"] and _at(field["stride"], axis) is not None):
            continue
        if pixels[1] - pixels[0] + 1 > field["size"][axis]:
            yield _differ(f"size of axis {axis}", arguments, unit=pixels, field=field)
        padding = _at(field["padding"], axis)
        if padding is not None and not any(unit) and not field["global"] and pixels[0] < -padding:
            yield _differ(f"padding of axis {axis}", arguments, unit=pixels, field=field)


def _reached(subject: Subject, rng: Random) -> Iterator[Fault]:
    """An axis that every path is said to see the whole of, against what some units see."""
    field = subject.layer["receptive_field"]
    whole = _whole_axes(subject)
    if not whole:
        return
    last = [size - 1 for size in subject.axes]  # of causal layers the one that sees most
    middle = [size // 2 for size in subject.axes]
    units = [middle, last, *([rng.randrange(size) for size in subject.axes] for _ in range(4))]
    lengths = [0] * len(field["size"])
    for unit in units:
        arguments = ("receptive-field", "--unit", ",".join(map(str, unit)), "--json", "--", SPEC, subject.layer["name"])
        told, faults_ = _told(subject, *arguments)
        yield from faults_
        for axis, pixels in enumerate(told["interval"] if told else ()):
            lengths[axis] = max(lengths[axis], pixels[1] - pixels[0] + 1 if pixels else 0)
    for axis in whole:
        if lengths[axis] < field["size"][axis]:
            yield _differ(f"whole of axis {axis}", arguments, units=lengths, field=field)


def _whole_axes(subject: Subject) -> list[int]:
    """The axes of the input that are seen whole; a field that is not exact is only the most that a unit may see.

    That an axis has no stride does not say so: units may see as much of it each, though not at equal distances.
    """
    field, sizes = subject.layer["receptive_field"], subject.spatial(subject.summary["input_shape"])
    if not field["global"] or not field.get("exact", True):
        return []
    return [
        axis
        for axis, (seen, size) in enumerate(zip(field["size"], sizes, strict=True))
        if 1 < seen == size and _at(field["stride"], axis) is None
    ]


def _at(values: list[Any] | None, axis: int) -> Any:
    """One of the values for each axis; None where there are none."""
    return None if values is None else values[axis]


def _solved(subject: Subject, rng: Random) -> Iterator[Fault]:
    """Sizes that give an axis of the layer a size, built at those sizes and beside them."""
    wanted = tuple(max(1, size + rng.choice((0, 0, 0, 1, -1, 5))) for size in subject.axes)
    arguments = ("solve", "--output", "x".join(map(str, wanted)), "--json", "--", SPEC, subject.layer["name"])
    outcome = subject.run(arguments)
    if outcome.status == REFUSED and wanted == tuple(subject.axes):
        yield Fault("disagreement", f"no solution for the size at hand: {outcome.err[:150]}", arguments)
    solution: Any = parsed(outcome.out) if outcome.status == DONE else None
    for number, axis in enumerate(solution["axes"] if solution else ()):
        if axis["input_axis"] is not None and not axis["following"] and len(subject.summary["inputs"]) == 1:
            yield from _built(subject, number, axis, solution, arguments)


def _built(
    subject: Subject, number: int, axis: dict[str, Any], solution: dict[str, Any], arguments: Sequence[str]
) -> Iterator[Fault]:
    """The network at the ends of each interval, inside and outside."""
    names = [known["axis"] for known in solution["axes"]]
    spatial = len(subject.spatial(subject.summary["input_shape"]))
    if axis["input_axis"] not in names or len(names) != spatial:
        return
    turned = names.index(axis["input_axis"])
    tried = axis["enumerated"] or [1, LARGEST_BUILT]
    for first, last in axis["inputs"][:3]:
        for size in (first - 1, first, min(last, LARGEST_BUILT), last + 1):
            inside = first <= size <= last and size % axis["modulus"] in axis["residues"]
            if not tried[0] <= size <= min(tried[1], LARGEST_BUILT) or (not inside and solution["follows_sizes"]):
                continue
            output = _output_at(subject, turned, size, number)
            if output is not None and inside != (output == axis["output"]):
                yield _differ(f"solution of axis {number}", arguments, input=size, built=output, told=axis)


def _output_at(subject: Subject, turned: int, size: int, number: int) -> int | None:
    """The size of the layer's axis where an axis of the input has another size; None where that is no network."""
    shape = list(subject.summary["input_shape"])
    shape[turned if subject.summary["data_format"] == "channels_last" else turned + 1] = size
    told = subject.run(("summary", "--input", "x".join(map(str, shape)), "--json", "--", SPEC))
    if told.status != DONE:
        return None
    for layer in parsed(told.out)["layers"]:
        if layer["name"] == subject.layer["name"] and len(layer["output_shape"]) == len(subject.layer["output_shape"]):
            found: int = subject.spatial(layer["output_shape"])[number]
            return found
    return None
