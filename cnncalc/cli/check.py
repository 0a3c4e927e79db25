"""`cnncalc check`: what a spec expects of itself, and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from cnncalc import CnncalcError
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.spec.checking import Checked, checked, unchecked
from cnncalc.spec.prefixed_counts import parse_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.spec.document import Spec

FAILED: Final = 1
BAD_SPEC: Final = 2
BUDGETS: Final = ("parameters", "macs", "flops", "weight_bytes", "peak_activation_bytes")
NOT_HELD: Final = "`expect` is not held: it is of the spec's own input and parameters, which --input or --set changes"


class _Case(NamedTuple):
    """A network to check, or the error of a file that cannot be read; `given` is the argument that it comes from."""

    given: str
    label: str
    spec: Spec | None
    variant: str | None = None
    error: CnncalcError | None = None


def _count(text: str) -> int:
    """A count of the command line, rounded down: 5M, 1.5G, 300k, 64MiB."""
    try:
        return parse_count(text)[0]
    except ValueError as error:
        raise click.BadParameter(f"{common.cut(text)!r} {error}") from None


def _budgets(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--max-parameters` and the like, for every total that a budget is made for."""
    for name in reversed(BUDGETS):
        option = f"--max-{name.replace('_', '-')}"
        command = click.option(option, f"max_{name}", type=_count, metavar="COUNT", help="Fail above COUNT.")(command)
    return command


@click.command("check", short_help="Hold what specs expect of themselves, and budgets.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
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
    input and parameters only. A bad SPEC is reported and the others are checked all the same. The exit status is 2 if
    any SPEC is bad, or else 1 if anything does not hold.

    \b
    cnncalc check net.yaml
    cnncalc check resnet.yaml --max-parameters 100M --max-weight-bytes 256MiB
    cnncalc check mobilenet_v2 --input 3x160x160 --max-macs 200M
    """
    budgets = {name: most for name in BUDGETS if (most := maxima[f"max_{name}"]) is not None}
    cases = [case for given in specs for case in _cases(given, variant)]
    checker = _Checker(shapes, common.parsed_settings(settings), budgets, several=len(specs) > 1)
    with progress("checking", len(cases), long=len(cases) > 5) as advance:
        for case in cases:
            checker.check(case)
            advance(case.label)
    streams.note(checker.notes)
    for error in dict.fromkeys(checker.errors):
        streams.tell(error)
    from cnncalc.reports import check_text as report

    results, notes = checker.results, list(dict.fromkeys(checker.notes))
    as_json = output.form == "json"
    output.write(report.render_json(results, notes, indent=output.indent) if as_json else report.render(results))
    if any(result.is_bad for result in results):
        return BAD_SPEC
    return 0 if all(result.ok for result in results) else FAILED


def _cases(given: str, variant: str | None) -> Iterator[_Case]:
    """The networks of an argument: one for each variant of a file, unless one is named."""
    from cnncalc.spec.sources import addressed

    try:
        spec, named = addressed(given, variant)
    except CnncalcError as error:
        yield _Case(given, given, None, error=error)
        return
    for each in (named,) if named else spec.variants or (None,):
        known = each is None or given.rpartition(":")[2] == each
        yield _Case(given, given if known else f"{given}:{each}", spec, each)


class _Checker:
    """Checks one network after the other, and keeps what is to be said."""

    def __init__(
        self, shapes: tuple[str, ...], settings: dict[str, Any], budgets: dict[str, int], *, several: bool
    ) -> None:
        self.shapes = shapes
        self.settings = settings
        self.budgets = budgets
        self.several = several
        self.results: list[Checked] = []
        self.notes: list[str] = []
        self.errors: list[str] = []

    def check(self, case: _Case) -> None:
        """Check one network; what is wrong with its spec is kept and not raised."""
        try:
            self.results.append(self._checked(case))
        except CnncalcError as error:
            self.errors.append(str(error))
            self.results.append(unchecked(case.label, error))

    def _checked(self, case: _Case) -> Checked:
        from cnncalc.spec.variant import Choice

        if case.spec is None:
            assert case.error is not None
            raise case.error
        choice = Choice(case.spec, case.variant, self.settings)
        changed = bool(self.shapes or self.settings)
        if changed and choice.expect:
            self.notes.append(NOT_HELD)
        network = common.built(choice, self.shapes)
        self.notes += (f"{case.given}: {note}" if self.several else note for note in network.notes)
        return checked(case.label, choice, network.report(), {} if changed else choice.expect, self.budgets)
