"""`cnncalc help`: the guide to specs, and what each command takes."""

from __future__ import annotations

import click

from cnncalc.cli.common import completed_by
from cnncalc.cli.output import Output, output_options
from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.guide import topics
from cnncalc.layers import find


@click.command("help", short_help="The guide to specs, topic by topic.")
@click.argument("topic", metavar="[TOPIC]", required=False, shell_complete=completed_by("topics"))
@output_options("topics", "topic")
@click.pass_context
def help_command(context: click.Context, topic: str | None, output: Output) -> None:
    """The topics of the guide to specs, or the text of TOPIC; of a command, what it takes.

    \b
    cnncalc help
    cnncalc help padding
    cnncalc help summary
    """
    if topic is None:
        output.report("topics", topics.topics())
    elif topic in topics.TOPICS:
        output.report("topic", topics.topic(topic))
    elif topic in topics.WORDS:
        output.report("topic", topics.section(topic))
    else:
        output.write(_help_of_command(context, topic))


def _help_of_command(context: click.Context, name: str) -> str:
    """What `cnncalc NAME --help` shows; raises `CnncalcError` where there is neither such a command nor a topic."""
    assert context.parent is not None
    group = context.parent.command
    assert isinstance(group, click.Group)
    command = group.get_command(context.parent, name)
    if command is None:
        hint = _hint_for_unknown(context.parent, group.list_commands(context.parent), name)
        raise CnncalcError(f"there is no topic or command `{name}`", hint=hint)
    inner = click.Context(command, info_name=name, parent=context.parent, **command.context_settings)
    return f"{command.get_help(inner)}\n"


def _hint_for_unknown(context: click.Context, commands: list[str], name: str) -> str:
    """What tells of a word that is neither a topic nor a command."""
    if find(name):
        return f"`cnncalc layers {name}` tells of the layer type"
    told = next((topic for topic, words in topics.TOLD.items() if name.lower() in words.split()), None)
    if told is not None:
        return f"`cnncalc help {told}` tells of it"
    near = did_you_mean(name, (*topics.TOPICS, *topics.WORDS, *commands))
    return (
        _hint_of_option(context, commands, name)
        or near
        or "`cnncalc help` lists the topics, `cnncalc --help` the commands"
    )


def _hint_of_option(context: click.Context, commands: list[str], name: str) -> str:
    """Which command tells of an option of that name, if there is one."""
    from cnncalc.cli.usage_errors import having

    found = having(f"--{name}", context, commands)
    others = ", which others have too" if len(found) > 1 else ""
    return f"`cnncalc help {found[0]}` tells of the option `--{name}`{others}" if found else ""
