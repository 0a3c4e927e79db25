"""The command line: options, files and exit codes. The commands are imported when they are called."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click

from cnncalc import exit_status
from cnncalc.cli import streams
from cnncalc.errors import CnncalcError
from cnncalc.text import printable
from cnncalc.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_GROUPS: Final = {
    "Look": {
        "summary": "cnncalc.cli.summary",
        "explain": "cnncalc.cli.explain",
        "steps": "cnncalc.cli.steps",
        "receptive-field": "cnncalc.cli.receptive_field",
        "solve": "cnncalc.cli.solve",
        "draw": "cnncalc.cli.draw",
        "page": "cnncalc.cli.page",
    },
    "Run": {
        "run": "cnncalc.cli.run",
    },
    "Decide": {
        "compare": "cnncalc.cli.compare",
        "sweep": "cnncalc.cli.sweep",
        "check": "cnncalc.cli.check",
        "memory": "cnncalc.cli.memory",
    },
    "Exchange": {
        "import": "cnncalc.cli.import_model",
        "export": "cnncalc.cli.export",
    },
    "Learn": {
        "list": "cnncalc.cli.architectures",
        "show": "cnncalc.cli.architectures",
        "layers": "cnncalc.cli.layers",
        "init": "cnncalc.cli.init",
        "help": "cnncalc.cli.help",
        "completion": "cnncalc.cli.completion",
        "schema": "cnncalc.cli.schema",
    },
}
"""The module of each command, in the groups and in the order in which help lists them."""

_HOMES: Final = {name: home for group in _GROUPS.values() for name, home in group.items()}
"""The module of each command."""

PROGRAM: Final = "cnncalc"
COMPLETION: Final = "_CNNCALC_COMPLETE"
_STREAM_ERRORS: Final = (errno.EBADF, errno.EIO, errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""Why click cannot write a help text."""


class _NoCommandError(click.UsageError):
    """No command is given: help says which there are. Each version of click has a way of its own for it."""


class _Commands(click.Group):
    """The group of commands, each imported when it is called, with our own words for what click refuses."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            raise _NoCommandError("", ctx)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_HOMES)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in their groups, all texts in one column."""
        room = formatter.width - 6 - max(map(len, _HOMES))
        for title, names in _GROUPS.items():
            commands = ((name, self.get_command(ctx, name)) for name in names)
            rows = [(name, command.get_short_help_str(room)) for name, command in commands if command]
            with formatter.section(title):
                formatter.write_dl(rows, col_spacing=2 + max(map(len, _HOMES)) - max(map(len, names)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        home = _HOMES.get(cmd_name)
        if home is None:
            return None
        command: click.Command = getattr(import_module(home), f"{cmd_name.replace('-', '_')}_command")
        if _DEBUG not in command.params:
            command.params += _OF_ALL
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _HOMES and not args[0].startswith("-"):
            from cnncalc.cli.usage_errors import unknown_command

            raise unknown_command(args[0], args[1:], _HOMES)
        return super().resolve_command(ctx, args)


def _tell(text: Callable[[click.Context], str]) -> Callable[[click.Context, click.Parameter, bool], None]:
    """What an option does that prints a text instead of running the command."""

    def told(context: click.Context, parameter: click.Parameter, given: bool) -> None:
        del parameter
        if given and not context.resilient_parsing:
            click.echo(text(context), color=context.color)
            context.exit()

    return told


def _printing(*names: str, text: Callable[[click.Context], str], help_: str) -> click.Option:
    """An option that prints a text. Click has such options, but translates what help says of them.

    For that Python imports `locale` and looks for catalogues of messages, a twentieth of what a summary takes beside
    its libraries.
    """
    return click.Option(names, is_flag=True, is_eager=True, expose_value=False, callback=_tell(text), help=help_)


_DEBUG: Final = click.Option(
    ["--debug"], is_flag=True, expose_value=False, help="Show the traceback of a fault of cnncalc's own."
)
_VERSION: Final = _printing(
    "-V", "--version", text=lambda _: f"{PROGRAM} {__version__}", help_="Show the version and exit."
)
_HELP: Final = _printing("-h", "--help", text=click.Context.get_help, help_="Show this message and exit.")
_OF_ALL: Final = (_DEBUG, _HELP)
"""The options of every command. Click has no help option of its own where both names are taken."""


@click.group(
    cls=_Commands,
    params=[_DEBUG, _VERSION, _HELP],
    context_settings={"max_content_width": 100},
    epilog="SPEC is a YAML file, a model's file of ONNX, Keras or darknet, the name of a bundled architecture, "
    "layers in one line such as 'conv2d(16, 3) | relu' or 'Conv2d(3, 16, 3) | ReLU()', or - for standard input; "
    "lenet if left out. "
    "`cnncalc help` explains how specs are written. "
    "Exit status: 0 done, 1 a check failed, 2 bad usage or a bad spec, 70 a fault of cnncalc's own, 130 interrupted.",
)
def cli() -> None:
    """The calculator for convolutional networks.

    Shapes, parameters, MACs, memory and receptive fields from a YAML spec, exact to the digit, and proven by execution.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status."""
    sys.exit(_status(sys.argv[1:] if arguments is None else list(arguments)))


def _status(arguments: list[str]) -> int:
    """Run the command line, and return its exit status; no exception leaves here."""
    streams.prepare()
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return exit_status.INTERRUPTED
    except BrokenPipeError:  # the reader of a help text; results are written by `streams.write_output`
        streams.discard_output(sys.stdout)
        return exit_status.DONE
    except (CnncalcError, click.ClickException, MemoryError) as error:
        streams.write_message(_error_text(error, arguments))
        return exit_status.USAGE
    except Exception as error:  # noqa: BLE001 - a person who asks for figures must not be answered by a traceback
        if isinstance(error, OSError) and error.filename is None and error.errno in _STREAM_ERRORS:
            streams.write_message(str(streams.unwritable(error)))
            return exit_status.USAGE
        streams.write_message(_fault_text(error, debug="--debug" in arguments))
        return exit_status.FAULT


def _run(arguments: list[str]) -> int:
    """Run the command line as click does, which would end with 1 where a reader has gone away."""
    if COMPLETION in os.environ:
        from cnncalc.cli.completion import answer

        answer(cli, os.environ[COMPLETION], arguments)
        return exit_status.DONE
    try:
        with cli.make_context(PROGRAM, [*arguments]) as context:
            status = cli.invoke(context)
    except click.exceptions.Exit as end:
        status = end.exit_code
    sys.stdout.flush()
    return status if isinstance(status, int) else exit_status.DONE


def _error_text(error: CnncalcError | click.ClickException | MemoryError, arguments: list[str]) -> str:
    """What is wrong, and what to do."""
    if isinstance(error, _NoCommandError) and error.ctx is not None:
        return error.ctx.get_help()
    if isinstance(error, click.ClickException):
        from cnncalc.cli.usage_errors import usage_error

        return str(usage_error(error, arguments, cli))
    if isinstance(error, MemoryError):
        return "error: out of memory\nhint: try a smaller --input or --batch"
    return str(error)


def _fault_text(error: Exception, *, debug: bool) -> str:
    """One line about an exception that nobody was to see, behind its traceback if that is wanted."""
    line = CnncalcError(f"a fault of cnncalc's own, not of what it was given: {type(error).__name__}: {error}")
    if not debug:
        return f"{line} (--debug prints the traceback)"
    from traceback import format_exception

    traceback = "".join(format_exception(error)).splitlines()
    return "\n".join([*map(printable, traceback), str(line)])
