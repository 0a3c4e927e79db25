"""What all tables of a plan say in one way: layers by short names, figures as texts, and what it comes to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.errors import enumerated
from cnncalc.reports import differences, number_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.sessions.results import Measurement, Plan, PlannedOperation

OWN: Final = "the layer's own"
"""How the kernel of an operation begins that a layer executes itself."""
MOST_NAMED: Final = 4

BY_KERNEL: Final = ("kernel", "operations", "ms", "share", "GMAC/s")
"""The headings of `by_kernel`."""


def layers(names: Sequence[str], most: int | None = None) -> str:
    """The layers of an operation, at most so many: the first by its full name, others without the scope of all.

    >>> layers(["s1.conv1", "s1.bn1", "s1.relu_1"]), layers(["s1.down.0", "s1.down.1", "s1.add"], 2)
    ('s1.conv1, bn1, relu_1', 's1.down.0, down.1, +1')
    """
    scope = names[0][: names[0].rfind(".") + 1]
    while not all(name.startswith(scope) for name in names):
        scope = scope[: scope.rfind(".", 0, -1) + 1]
    told = [names[0], *(name.removeprefix(scope) for name in names[1:])]
    if most is None or len(told) <= most:
        return ", ".join(told)
    return ", ".join([*told[:most], f"+{len(told) - most}"])


def milliseconds(seconds: float | None) -> str:
    """A time as tables have it; nothing where none was measured.

    >>> milliseconds(0.0123456), milliseconds(0.0000042), milliseconds(None)
    ('12.35', '0.004', '')
    """
    if seconds is None:
        return ""
    return f"{seconds * 1000:.2f}" if seconds >= 1e-4 else f"{seconds * 1000:.3f}"


def rate(macs: int, seconds: float | None) -> str:
    """Thousand millions of multiply-accumulates in a second, of all samples; nothing where there are none.

    >>> rate(115_605_504, 0.004), rate(0, 0.004), rate(5, None)
    ('28.9', '', '')
    """
    return f"{macs / seconds / 1e9:.1f}" if macs and seconds else ""


def samples_rate(plan: Plan, operation: PlannedOperation) -> str:
    """The rate of an operation, of all samples."""
    return rate(operation.macs * plan.batch_size, operation.seconds)


def by_kernel(plan: Plan) -> list[tuple[str, ...]]:
    """Where the time goes: the operations of each kernel together, those that take longest first, as texts.

    There are none where the operations tell it themselves, as each has another kernel or none was timed.
    """
    seconds: dict[str, float] = {}
    macs, count = Counter[str](), Counter[str]()
    for operation in plan.operations:
        if operation.seconds is not None:
            seconds[operation.kernel] = seconds.get(operation.kernel, 0.0) + operation.seconds
            macs[operation.kernel] += operation.macs * plan.batch_size
            count[operation.kernel] += 1
    if len(seconds) in (0, count.total()):
        return []
    whole = sum(seconds.values()) or 1.0
    return [
        (kernel, f"{count[kernel]:,}", milliseconds(took), f"{took / whole:.1%}", rate(macs[kernel], took))
        for kernel, took in sorted(seconds.items(), key=lambda each: -each[1])
    ]


def totals(plan: Plan) -> list[tuple[str, str, str]]:
    """What it takes in all: a label, a figure, and a remark."""
    count, size = number_text.exact, _bytes
    each = plan.scratch_bytes // plan.threads
    blas = f"{plan.blas_threads} of BLAS" if plan.blas_threads > 1 else "one of BLAS each"
    found = [
        ("operations", count(len(plan.operations)), f"of {count(plan.layers)} layers"),
        ("weights", size(plan.weight_bytes), "as the kernels read them"),
        ("tensors", size(plan.tensor_bytes), "in memory that is used again"),
        ("scratch", size(plan.scratch_bytes), f"{size(each)} a thread" if plan.threads > 1 else ""),
        ("threads", str(plan.threads), blas),
        ("waits", count(plan.waits), "of all threads for each other"),
    ]
    measured = plan.measured
    if measured is not None:
        whole = rate(plan.macs * plan.batch_size, measured.seconds)
        found += [
            ("preparing, ms", milliseconds(measured.preparing_seconds), "with the weights"),
            ("a run, ms", milliseconds(measured.seconds), _least(measured, whole)),
        ]
    return found


def _bytes(count: int) -> str:
    return number_text.short(count, "B")


def _least(measured: Measurement, whole: str) -> str:
    """Of how many runs the time is the least, and the rate, if there is one."""
    of = "measured once" if measured.runs == 1 else f"the least of {measured.runs:,}"
    return f"{of}, {whole} GMAC/s" if whole else of


def verdict(plan: Plan) -> list[str]:
    """What the comparison came to; nothing where there was none."""
    if plan.measured is None:
        return []
    if plan.faults:
        return [f"✗ {fault}" for fault in plan.faults]
    told = differences.most_different(plan.measured.differences)
    return [f"✓ outputs are those of the pass layer by layer: {told}"]


def remarks(plan: Plan) -> list[str]:
    """What is to be known of the operations."""
    own = sum(operation.kernel.startswith(OWN) for operation in plan.operations)
    found = ["what kernels do: `cnncalc help kernels`"] if plan.operations else []
    if plan.waits:
        found.append("→ all threads wait before it")
    if own:
        which = "1 operation is" if own == 1 else f"{own:,} operations are"
        found.append(
            f"{which} {OWN}: there is no kernel for such a layer, which is executed as in a pass layer by layer"
        )
    if plan.idle:
        found.append(f"nothing is run for {_some(plan.idle)}")
    return found


def _some(names: Sequence[str]) -> str:
    """The names, or the first of them and how many more there are."""
    if len(names) <= MOST_NAMED + 1:
        return enumerated(list(names))
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED:,} other layers"
