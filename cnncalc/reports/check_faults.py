"""What is wrong with checked specs, one line each, for the formats that other programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.checking.results import CheckReport, Fault


def distinct_faults(report: CheckReport) -> Iterator[tuple[str, Fault]]:
    """The file, or else the spec as it was named, and each of its faults.

    What is wrong with several variants of a file is told once; a figure of one variant says which.
    """
    told: dict[tuple[str, Fault], None] = {}
    for network in report.networks:
        for fault in network.faults:
            if network.variant is not None and not fault.is_bad:
                fault = fault._replace(message=f"{fault.message} ({network.variant})")  # noqa: PLW2901
            told[fault.path or network.spec, fault] = None
    yield from told
