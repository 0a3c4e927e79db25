"""What the commands share: their arguments, and where the output goes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli.notes import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnncalc import Network
    from cnncalc.layers.base import Layer
    from cnncalc.reports.medium import Medium
    from cnncalc.spec.choice import Choice

spec_argument = click.argument("spec", default="lenet", required=False)

input_option = click.option(
    "--input",
    "shapes",
    multiple=True,
    metavar="SHAPE",
    help="Input size instead of the spec's, such as 3x224x224; NAME=SHAPE where there are several inputs.",
)
batch_option = click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, help="Samples.")
output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE, whole or not at all, instead of standard output."
)
json_flag = click.option("--json", "as_json", is_flag=True, help="Short for --format json.")


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--format`, with the first as default, and `--json`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        choice = click.option(
            "--format",
            "format_",
            type=click.Choice(formats),
            default=formats[0],
            show_default=True,
            help="Output form.",
        )
        return choice(json_flag(command))

    return decorate


variant_option = click.option("--variant", metavar="NAME", help="One of the spec's variants, instead of its first.")
set_option = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the spec, as YAML writes it."
)


def spec_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """SPEC, and what fixes the network: `--variant`, `--set`."""
    return spec_argument(variant_option(set_option(command)))


def load_network(
    spec: str, shapes: tuple[str, ...], variant: str | None = None, settings: tuple[str, ...] = ()
) -> Network:
    """The network that the arguments name; what is to be noted of it is said."""
    network = built(load_choice(spec, variant, settings), shapes)
    tell(network.notes)
    return network


def built(choice: Choice, shapes: tuple[str, ...], layers: Mapping[str, type[Layer]] | None = None) -> Network:
    """The network of a chosen spec, at the input sizes of `--input`, of our layer types or of others."""
    from cnncalc.layers import LAYERS
    from cnncalc.loading import build

    named = dict(shape.split("=", 1) for shape in shapes if "=" in shape)
    plain = [shape for shape in shapes if "=" not in shape]
    if plain and (named or len(plain) > 1):
        raise click.UsageError("give --input once, or as NAME=SHAPE for each")
    return build(choice, named or (plain[0] if plain else None), layers or LAYERS)


def load_choice(spec: str, variant: str | None, settings: tuple[str, ...]) -> Choice:
    """The spec that the arguments name, with its variant chosen and its parameters set."""
    from cnncalc.loading import choose

    return choose(spec, variant, parsed_settings(settings))


def every_choice(spec: str, variant: str | None = None, settings: tuple[str, ...] = ()) -> Iterator[Choice]:
    """The spec that the arguments name, once for each of its variants if none of them is named."""
    from cnncalc.loading import choose_all

    return choose_all(spec, variant, parsed_settings(settings))


def parsed_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """The values of `--set`, read as YAML reads them."""
    from cnncalc.spec.nodes import Mapping, Source
    from cnncalc.spec.tree import parse

    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip().isidentifier():
            raise click.UsageError(f"--set takes NAME=VALUE, not {setting!r}")
        tree = parse(Source("--set", f"{name.strip()}: {text}"))
        assert isinstance(tree, Mapping)
        values.update(tree.plain())
    return values


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def styled(output: str | None) -> Medium:
    """Colours, to a terminal unless NO_COLOR is set (https://no-color.org), and the encoding: UTF-8 in files."""
    from cnncalc.reports.medium import PLAIN, Medium

    if output is not None:
        return PLAIN
    colours = is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Medium(colours, sys.stdout.encoding or PLAIN.encoding)


def width(output: str | None) -> int | None:
    """The columns that there are: those of COLUMNS or of the terminal; None, without a limit, in a file or pipe."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if output is not None or not is_terminal():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except OSError:
        return None


def indent(output: str | None) -> int | None:
    """How far to indent JSON: for a person only."""
    return 2 if output is None and is_terminal() else None


def emit(text: str, output: str | None) -> None:
    """Write the result to standard output or to a file."""
    if output is None:
        sys.stdout.write(text)
        return
    from cnncalc.files import replacing

    with replacing(output) as file:
        file.write(text)
