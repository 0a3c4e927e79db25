"""The errors for command lines that click refuses, in our own words, with what was probably meant."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING, Final

import click

from cnncalc.errors import CnncalcError, did_you_mean, enumerated, nearest, value_text
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM: Final = "cnncalc"
FEW: Final = 2
"""So many commands are all named."""

_OTHER_WORDS: Final = {
    "summary": "params parameters macs flops count info print describe shapes stats profile table size",
    "check": "validate verify lint test assert",
    "receptive-field": "rf field receptive erf",
    "run": "forward infer inference predict exec execute eval",
    "run --plan": "session plan bench benchmark benchmarks time timeit timing latency speed perf prepare compile",
    "explain": "formula formulas why",
    "list": "architectures models nets networks zoo ls",
    "show": "cat source yaml",
    "layers": "types ops operators layer",
    "--version": "version",
    "--help": "help usage man",
}
"""What commands are called elsewhere."""

_OTHER_VALUES: Final = {
    "float64": "double fp64 f64 float_64",
    "float32": "float single fp32 f32 full",
    "float16": "half fp16 f16",
    "bfloat16": "bf16 brain",
    "int8": "byte uint8 i8 char",
    "markdown": "md",
    "latex": "tex",
    "tikz": "tex latex pgf",
    "table": "text txt",
    "grey": "gray greyscale grayscale print mono bw",
    "dark": "black night",
    "right": "horizontal lr",
    "down": "vertical tb td",
}
"""What the values of some options are called elsewhere."""


def unknown_command(word: str, rest: Sequence[str], commands: Iterable[str]) -> CnncalcError:
    """The error for a command that there is not: the word may be a spec, or what other programs call the command."""
    from cnncalc.spec import bundled

    commands = list(commands)
    message = f"there is no command `{printable(word)}`"
    meant = next((ours for ours, words in _OTHER_WORDS.items() if word.lower() in words.split()), None)
    if meant is not None and meant.partition(" ")[0] in (*commands, "--version", "--help"):
        return CnncalcError(message, hint=f"did you mean `{meant}`?")
    if os.path.exists(word) or word.endswith(bundled.ENDINGS) or bundled.find(word.partition(":")[0]):
        line = shlex.join([PROGRAM, commands[0], word, *rest])
        return CnncalcError(message, hint=f"a command stands before the spec, as in `{line}`")
    return CnncalcError(message, hint=did_you_mean(word, commands, "commands"))


def usage_error(error: click.ClickException, arguments: Sequence[str], group: click.Group) -> CnncalcError:
    """The error for wrong usage, with the nearest option, or with where to look."""
    context = click.Context(group)
    commands = group.list_commands(context)
    # Not every error of click's has a context that tells the command.
    name = arguments[0] if arguments and arguments[0] in commands else None
    command = group if name is None else group.get_command(context, name) or group
    fact, hint = _explained(error, name or PROGRAM, command) or _unknown_option(error, arguments, context, commands)
    if hint is None:
        hint = f"`{' '.join(filter(None, (PROGRAM, name)))} --help` lists what it takes"
    return CnncalcError(fact, hint=hint)


def _explained(error: click.ClickException, name: str, command: click.Command) -> tuple[str, str | None] | None:
    """What is wrong with what an option or command is given, and what to do."""
    if isinstance(error, click.NoSuchOption):
        return None
    if isinstance(error, click.MissingParameter) and error.param is not None:
        param = error.param
        option = f"{param.opts[0]} " if isinstance(param, click.Option) else ""
        return f"`{name}` needs {option}{_metavar(param)}", None
    if isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        return f"{error.option_name} needs a value", _value_hint(error.option_name, command)
    if isinstance(error, click.BadParameter) and error.param is not None and isinstance(error.param.type, click.Choice):
        return _wrong_choice(error, error.param, error.param.type)
    if error.message.startswith("Got unexpected extra argument"):
        return _too_many(error.message, name, command), None
    message = printable(error.format_message()).removesuffix(".")
    return message[:1].lower() + message[1:], None


def _unknown_option(
    error: click.ClickException, arguments: Sequence[str], group: click.Context, commands: list[str]
) -> tuple[str, str | None]:
    """An option that there is not, or not there: misspelt, with one dash, before the command, or of another command."""
    assert isinstance(error, click.NoSuchOption)
    name, context = error.option_name, error.ctx
    single = next((word for word in arguments if re.fullmatch(rf"{re.escape(name)}[\w-]+", word)), None)
    if single is not None and len(name) == 2:
        name = single  # click takes `-json` for -j, -s, -o and -n
    message = f"there is no option `{printable(name)}`"
    best = nearest(name if name.startswith("--") else f"-{name}", _options(context.command if context else None))
    if best is not None:
        others = having(name, group, commands)
        there = f" {_told_where(f'`{name}`', others)}" if others else ""
        return message, f"did you mean `{best}`?{there}"
    if context is not None and context.parent is None:
        first = next((at for at, word in enumerate(arguments) if word in commands), None)
        if first is None:
            return message, f"a command comes first, as in `{PROGRAM} {commands[0]} lenet`"
        line = shlex.join([PROGRAM, *arguments[first:], *arguments[:first]])
        return message, f"options stand behind the command: `{line}`"
    others = having(name, group, commands)
    return message, _told_where("it", others) if others else None


def _told_where(option: str, commands: Sequence[str]) -> str:
    """Which commands have an option: all of a few, or the first of more."""
    if len(commands) > FEW:
        return f"other commands have {option}, such as `{commands[0]}`"
    return f"{option} is an option of {enumerated([f'`{command}`' for command in commands])}"


def _options(command: click.Command | None) -> list[str]:
    """The long options of a command."""
    params = command.params if command is not None else []
    return [name for param in params for name in (*param.opts, *param.secondary_opts) if name.startswith("--")]


def having(name: str, group: click.Context, commands: list[str]) -> list[str]:
    """The commands that have an option."""
    assert isinstance(group.command, click.Group)
    known = ((command, group.command.get_command(group, command)) for command in commands)
    return [command for command, found in known if name in _options(found)]


def _metavar(param: click.Parameter) -> str:
    """What help calls the value of a parameter, without brackets and dots."""
    return (param.metavar or (param.name or "value").upper()).strip("[]. ").removesuffix("...")


def _value_hint(option: str, command: click.Command) -> str | None:
    """How an option is written with its value."""
    param = next((param for param in command.params if option in param.opts), None)
    if param is None:
        return None
    value = "|".join(map(str, param.type.choices)) if isinstance(param.type, click.Choice) else _metavar(param)
    return f"write {option} {value}"


def _wrong_choice(
    error: click.BadParameter, param: click.Parameter, choice: click.Choice[str]
) -> tuple[str, str | None]:
    """The words that an option takes, and the nearest of them."""
    words = list(map(str, choice.choices))
    found = re.match(r"'(.*?)' is not one of", error.message)
    given = "" if found is None else f", not {value_text(found[1])}"
    best = None if found is None else _meant(found[1], words)
    name = _metavar(param) if isinstance(param, click.Argument) else param.opts[-1]
    fact = f"{name} must be {enumerated(words, 'or')}{given}"
    return fact, None if best is None else f"did you mean `{best}`?"


def _meant(given: str, words: list[str]) -> str | None:
    """The word that was probably meant by another."""
    known = (ours for ours, others in _OTHER_VALUES.items() if ours in words and given.lower() in others.split())
    return next(known, None) or nearest(given, words)


def _too_many(message: str, name: str, command: click.Command) -> str:
    """What a command takes, where it is given more."""
    extra = message.partition("(")[2].removesuffix(")")
    takes = [_metavar(param) for param in command.params if isinstance(param, click.Argument)]
    return f"`{name}` takes {' and '.join(takes) or 'nothing'}, and `{printable(extra)}` is one too many"
