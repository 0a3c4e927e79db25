"""What the commands share: SPEC, and what fixes its network."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli import streams
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError
from cnncalc.text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from cnncalc import Network
    from cnncalc.spec.variant import ChosenVariant
    from cnncalc.sweeping.grid import Grid

MOST_SIZE = 2**31 - 1
LONGEST_NUMBER = 40
"""The characters beyond which no number of an option is read."""
ASKED = "?"
"""The value of `--set` that asks for one."""


def completed_by(name: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """What a shell completes an argument with: a function of `candidates`, which is imported when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
        del parameter
        module = import_module("cnncalc.cli.candidates")  # which loads networks by functions of this module
        found: list[CompletionItem] = getattr(module, name)(context, beginning)
        return found

    return complete


spec_argument = click.argument("spec", default="lenet", required=False, shell_complete=completed_by("specs"))


def _checked_specs(context: click.Context, parameter: click.Parameter, specs: tuple[str, ...]) -> tuple[str, ...]:
    """The SPECs of a command; raises `UsageError` where standard input is to be several of them."""
    del context, parameter
    if specs.count("-") > 1:
        raise click.UsageError("standard input can be one SPEC only: `-` is given more than once")
    return specs


specs_argument = click.argument(
    "specs",
    metavar="SPEC...",
    nargs=-1,
    required=True,
    callback=_checked_specs,
    shell_complete=completed_by("specs"),
)

input_option = click.option(
    "--input",
    "shapes",
    multiple=True,
    metavar="SHAPE",
    help="Input size in place of that of the spec or model, without the batch: 3x224x224; NAME=SHAPE of several.",
)


def whole_number(least: int, most: int = MOST_SIZE) -> Callable[[Any], int]:
    """The type of an option that takes a whole number, whose digits are counted before they are read."""

    def read(value: Any) -> int:
        text = str(value).strip()
        if len(text) <= LONGEST_NUMBER and text.removeprefix("-").isdecimal() and least <= int(text) <= most:
            return int(text)
        raise click.BadParameter(f"{shortened(text)!r} is not a whole number from {least} to {most}")

    return read


full_option = click.option("--full", is_flag=True, help="A row for every layer, however many there are.")
depth_option = click.option(
    "--depth",
    type=whole_number(1),
    metavar="N",
    help="A tree of scopes down to names of N parts; those below are one row.",
)
width_option = click.option(
    "--width", type=whole_number(1), metavar="N", help="As wide as N columns, whatever the terminal has."
)
batch_option = click.option("--batch", type=whole_number(1), metavar="N", default=1, show_default=True, help="Samples.")
variant_option = click.option(
    "--variant",
    metavar="NAME",
    help="One of the spec's variants, instead of its first.",
    shell_complete=completed_by("variants"),
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a parameter of the spec, as YAML writes it.",
    shell_complete=completed_by("settings"),
)


dtype_option = click.option(
    "--dtype", type=click.Choice(list(DTYPE_BYTES)), default="float32", show_default=True, help="Type of each value."
)

weights_option = click.option(
    "--weights",
    metavar="FILE",
    shell_complete=completed_by("weight_files"),
    help="Weights from .npz or .safetensors, by LAYER.ARRAY as in PyTorch's state dicts, from a model's file, or of "
    "darknet (.weights), instead of the spec's.",
)


opaque_option = click.option(
    "--opaque", is_flag=True, help="Keep what a model's file has and no layer is here as layers of type `opaque`."
)


def grid_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What several networks of a SPEC differ in: lists and ranges of variants, parameters and input shapes."""
    options = (
        click.option(
            "--variant",
            "variants",
            metavar="NAMES",
            help="Variants of the spec, such as small,large.",
            shell_complete=completed_by("listed_variants"),
        ),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="NAME=VALUES",
            help="Values of a parameter, as YAML writes them: 8,16 or 0.25:1:0.25.",
            shell_complete=completed_by("settings"),
        ),
        click.option(
            "--input",
            "shapes",
            multiple=True,
            metavar="SHAPES",
            help="Input shapes, such as 3x128x128,3x224x224; NAME=SHAPES of several inputs.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def grid(variants: str | None, settings: tuple[str, ...], shapes: tuple[str, ...]) -> Grid:
    """The grid that the arguments span: its first axis the variants, its last ones the inputs."""
    from cnncalc.sweeping.grid import Axis, Grid
    from cnncalc.sweeping.values import listed_names, listed_shapes, listed_values

    values: dict[str, tuple[Any, ...]] = {}
    for setting in settings:
        name, text = _named_value(setting)
        values[name] = listed_values(name, text)
    given = given_shapes(shapes)
    named = given if isinstance(given, dict) else {} if given is None else {"": given}
    return Grid(
        [
            *([] if variants is None else [Axis("variant", "", listed_names(variants))]),
            *(Axis("parameter", name, known) for name, known in values.items()),
            *(Axis("input", name, listed_shapes(name or "input", text)) for name, text in named.items()),
        ]
    )


def spec_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """SPEC, and what fixes the network: `--variant`, `--set`."""
    return spec_argument(variant_option(set_option(command)))


def load_network(
    spec: str,
    shapes: tuple[str, ...],
    variant: str | None = None,
    settings: tuple[str, ...] = (),
    *,
    relaxed: bool = False,
    weights: str | None = None,
    opaque: bool = False,
) -> Network:
    """The network that the arguments name; what is to be noted of it is said."""
    from cnncalc.api.loading import build

    choice = load_choice(spec, variant, settings)
    if opaque:
        choice.spec.keep_opaque()
    network = build(choice, given_shapes(shapes), relaxed=relaxed, weights=weights)
    streams.write_notes(network.notes)
    return network


def given_shapes(shapes: tuple[str, ...]) -> str | dict[str, str] | None:
    """The shape of `--input`, or those of several inputs by name; None where it is not given."""
    named = dict(shape.split("=", 1) for shape in shapes if "=" in shape)
    plain = [shape for shape in shapes if "=" not in shape]
    if plain and (named or len(plain) > 1):
        raise click.UsageError("give --input once, or as NAME=SHAPE for each")
    return named or (plain[0] if plain else None)


def load_choice(spec: str, variant: str | None, settings: tuple[str, ...]) -> ChosenVariant:
    """The spec that the arguments name, with its variant chosen and its parameters set."""
    from cnncalc.spec.sources import choose

    return choose(spec, variant, parsed_settings(settings))


def parsed_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """The values of `--set`, read as YAML reads them."""
    values: dict[str, Any] = {}
    if settings:
        from cnncalc.spec.written_values import written_value
    for setting in settings:
        name, text = _named_value(setting)
        if text.strip() == ASKED:
            raise click.UsageError(f"--set {name}=? asks for a value, as `solve` finds it for a budget")
        values[name] = written_value(name, text)
    return values


def _named_value(setting: str) -> tuple[str, str]:
    """The name and the text of a value of `--set`."""
    name, equals, text = setting.partition("=")
    if not equals or not name.strip().isidentifier():
        raise CnncalcError(f"--set takes NAME=VALUE, not {shortened(setting)!r}", hint=_setting_hint(setting))
    return name.strip(), text


def _setting_hint(setting: str) -> str:
    """What was probably meant by a `--set` that is none."""
    name, _, value = setting.replace(":", "=", 1).partition("=")
    if not name.strip().isidentifier():
        return "it sets a parameter of the spec; the options of layers stand in the spec"
    return f"write --set {name.strip()}={shortened(value.strip()) or 'VALUE'}"
