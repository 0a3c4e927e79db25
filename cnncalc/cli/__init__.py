"""The command line: options, files and exit codes. The commands are imported when they are called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click

from cnncalc import __version__
from cnncalc.errors import CnncalcError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOMES: Final = {
    "summary": "cnncalc.cli.summary",
    "run": "cnncalc.cli.run",
    "receptive-field": "cnncalc.cli.receptive_field",
    "layers": "cnncalc.cli.layers",
    "explain": "cnncalc.cli.explain",
    "solve": "cnncalc.cli.solve",
    "check": "cnncalc.cli.check",
    "list": "cnncalc.cli.architectures",
    "show": "cnncalc.cli.architectures",
}
"""The module of each command, in the order in which help lists them."""

USAGE: Final = 2
INTERRUPTED: Final = 130


class _NoCommandError(click.UsageError):
    """No command is given: help says which there are. Each version of click has a way of its own for it."""


class _Commands(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            raise _NoCommandError("", ctx)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        home = _HOMES.get(cmd_name)
        if home is None:
            return None
        command: click.Command = getattr(import_module(home), f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _HOMES and not args[0].startswith("-"):
            hint = did_you_mean(args[0], _HOMES, "commands")
            raise CnncalcError(f"there is no command `{args[0]}`", hint=hint)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="SPEC is a YAML file, the name of a bundled architecture, or - for standard input; lenet if left out. "
    "Exit status: 0 done, 1 a check failed, 2 bad usage or a bad spec, 130 interrupted.",
)
@click.version_option(__version__, "-V", "--version", message="cnncalc %(version)s")
def cli() -> None:
    """The calculator for convolutional networks.

    Shapes, parameters, MACs, memory and receptive fields from a YAML spec, exact to the digit, and proven by execution.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status."""
    sys.exit(_status(arguments))


def _status(arguments: Sequence[str] | None) -> int:
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = cli.main(arguments, prog_name="cnncalc", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CnncalcError, click.ClickException, OSError, MemoryError) as error:
        _complain(error)
        return USAGE
    return status if isinstance(status, int) else 0


def _replace_closed_streams() -> None:
    """A standard output that the shell has closed becomes one that cannot be written to, and says so."""
    sys.stdout = sys.stdout or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it lives as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _complain(error: Exception) -> None:
    """Say on standard error what is wrong, with the word `error` in red where a person sees it."""
    if isinstance(error, _NoCommandError) and error.ctx is not None:
        click.echo(error.ctx.get_help(), err=True)
        return
    if isinstance(error, click.ClickException):
        text = _usage(error)
    elif isinstance(error, OSError):
        text = f"error: cannot write the output: {error.strerror or error}"
    elif isinstance(error, MemoryError):
        text = "error: out of memory\nhint: try a smaller --input or --batch"
    else:
        text = str(error)
    kind, _, rest = text.partition(": ")
    click.echo(f"{click.style(kind, fg='red', bold=True)}: {rest}", err=True, color=_coloured(sys.stderr))


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "cnncalc"
    hint = f"`{command} --help` lists what it takes"
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option `{error.option_name}`"
        hint = did_you_mean(error.option_name, error.possibilities or ()) or hint
    return f"error: {message[:1].lower()}{message[1:]}\nhint: {hint}"


def _coloured(stream: object) -> bool:
    """Whether a person sees colours there and has not asked for none (https://no-color.org)."""
    return bool(getattr(stream, "isatty", lambda: False)()) and not os.environ.get("NO_COLOR")
