"""`cnncalc check`: what a spec expects of itself, and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.report import Totals
    from cnncalc.spec.choice import Choice

FAILED: Final = 1
BUDGETS: Final = ("parameters", "macs", "flops", "weight_bytes", "peak_activation_bytes")
LONGEST_COUNT: Final = 40
_FACTORS: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class _Checked(NamedTuple):
    """One network, and what is not as it should be: empty where all is well."""

    spec: str
    held: int
    faults: tuple[str, ...]


def _count(text: str) -> int:
    """A count, with a decimal prefix if that is shorter: 5M, 1.5G, 300k."""
    prefix = next((known for known in _FACTORS if known and text.endswith(known)), "")
    whole, _, decimals = text.strip().removesuffix(prefix).partition(".")
    if not (whole.isdecimal() and (decimals or "0").isdecimal() and len(text) < LONGEST_COUNT):
        raise click.BadParameter(f"{text[:LONGEST_COUNT]!r} is not a count such as 5000000, 5M or 1.5G")
    count: int = int(whole + decimals) * _FACTORS[prefix] // 10 ** len(decimals)
    return count


def _budgets(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--max-parameters` and the like, for every total that a budget is made for."""
    for name in reversed(BUDGETS):
        option = f"--max-{name.replace('_', '-')}"
        command = click.option(option, f"max_{name}", type=_count, metavar="COUNT", help="Fail above COUNT.")(command)
    return command


@click.command("check", short_help="Hold what specs expect of themselves, and budgets.")
@click.argument("specs", metavar="[SPEC]...", nargs=-1)
@common.variant_option
@common.set_option
@common.input_option
@_budgets
@output_options("table", "json")
def check_command(
    specs: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
    **maxima: int | None,
) -> int:
    """Validate each SPEC, and hold its totals against its `expect` and against budgets.

    Of a file with variants every one is checked, unless SPEC or --variant names one. `expect` is held at the spec's own
    input and parameters only. The exit status is 1 if anything does not hold.

    \b
    cnncalc check net.yaml
    cnncalc check resnet.yaml --max-parameters 100M
    cnncalc check mobilenet_v2 --input 3x160x160 --max-macs 200M
    """
    budgets = {name: most for name in BUDGETS if (most := maxima[f"max_{name}"]) is not None}
    choices = [
        (spec, choice) for spec in specs or ("lenet",) for choice in common.every_choice(spec, variant, settings)
    ]
    changed = bool(shapes or settings)
    results: list[_Checked] = []
    with progress("checking", len(choices), long=len(choices) > 5) as advance:
        for spec, choice in choices:
            totals = common.built(choice, shapes).report().totals
            results.append(_checked(spec, choice, totals, {} if changed else choice.expect, budgets))
            advance(results[-1].spec)
    _show(results, output)
    return FAILED if any(result.faults for result in results) else 0


def _checked(spec: str, choice: Choice, totals: Totals, expect: dict[str, Any], budgets: dict[str, int]) -> _Checked:
    faults = (*_unexpected(choice, totals, expect), *_exceeded(totals, budgets))
    name = choice.variant if choice.variant and choice.variant != spec else None
    return _Checked(f"{spec}:{name}" if name else spec, len(expect) + len(budgets), faults)


def _unexpected(choice: Choice, totals: Totals, expect: dict[str, Any]) -> Iterator[str]:
    """The totals that are not what the spec expects; raises `CnncalcError` for a total that does not exist."""
    for name, expected in expect.items():
        if name not in totals._fields:
            node = choice.expectations.keys[name]
            raise choice.spec.source.error(
                node, f"`expect` knows no `{name}`", did_you_mean(name, totals._fields, "totals")
            )
        found = getattr(totals, name)
        if found != expected or isinstance(expected, bool):
            yield f"{name} is {found:,}, and {expected!r} is expected"


def _exceeded(totals: Totals, budgets: dict[str, int]) -> Iterator[str]:
    for name, most in budgets.items():
        found = getattr(totals, name)
        if found > most:
            yield f"{name} is {found:,}, more than {most:,}"


def _show(results: list[_Checked], output: Output) -> None:
    """A line for each network, and one for each thing that does not hold."""
    if output.form == "json":
        from cnncalc.reports import json

        objects = [{"spec": result.spec, "ok": not result.faults, "faults": result.faults} for result in results]
        ok = not any(result.faults for result in results)
        output.write(json.dumps({"ok": ok, "checks": objects}, indent=output.indent))
        return
    lines: list[str] = []
    for result in results:
        figures = "1 figure holds" if result.held == 1 else f"{result.held} figures hold"
        held = figures if result.held else "valid; there is nothing to hold it against"
        lines.append(f"✗ {result.spec}" if result.faults else f"✓ {result.spec}  {held}")
        lines += [f"    {fault}" for fault in result.faults]
    output.write("".join(f"{line}\n" for line in lines))
