"""`--max-macs` and the like: the budgets of `check` and `solve`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnncalc.checking.results import BUDGETS
from cnncalc.spec.prefixed_counts import parse_count
from cnncalc.text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable


def count(text: str) -> str:
    """A count of the command line, such as 5M, 1.5G, 300k, 64MiB."""
    try:
        parse_count(text)
    except ValueError as error:
        raise click.BadParameter(f"{shortened(text)!r} {error}") from None
    return text


def budget_options(help_: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--max-parameters` and the like, for every total that a budget is made for."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(BUDGETS):
            option = f"--max-{name.replace('_', '-')}"
            command = click.option(option, f"max_{name}", type=count, metavar="COUNT", help=help_)(command)
        return command

    return decorate


def given_budgets(maxima: dict[str, str | None]) -> dict[str, str]:
    """The budgets that are given, by the names of totals."""
    return {name: most for name in BUDGETS if (most := maxima[f"max_{name}"]) is not None}
