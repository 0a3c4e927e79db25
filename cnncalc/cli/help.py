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
        known = (*topics.TOPICS, *topics.WORDS, *group.list_commands(context.parent))
        hint = f"`cnncalc layers {name}` tells of the layer type" if find(name) else did_you_mean(name, known)
        hint = hint or "`cnncalc help` lists the topics, `cnncalc --help` the commands"
        raise CnncalcError(f"there is no topic or command `{name}`", hint=hint)
    inner = click.Context(command, info_name=name, parent=context.parent, **command.context_settings)
    return f"{command.get_help(inner)}\n"
