"""What may stand for the arguments of the commands, which a shell completes: never an error, and quickly.

Each function takes click's context, which knows the words before, and the beginning that is to be completed. A
candidate of the type `part` goes on, as a folder does; after a `plain` one there may be a space.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from click.shell_completion import CompletionItem

from cnncalc.errors import CnncalcError, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import click

    from cnncalc import Network
    from cnncalc.spec.document import Spec

LARGEST: Final = 2**20
"""The bytes of a spec beyond which nothing in it is completed."""

_SPEC_ENDINGS: Final = (".yaml", ".yml", ".onnx", ".keras", ".h5")


def specs(context: click.Context, beginning: str) -> list[CompletionItem]:
    """Files and folders, what is bundled and, behind `FILE:`, the variants of that file.

    The variants by their own names are hundreds, and wait for a letter.
    """
    del context
    from cnncalc.spec import bundled

    file, colon, _ = beginning.rpartition(":")
    if colon:
        return _matching((f"{file}:{variant}" for variant in _variants(file)), beginning)
    known = bundled.every_name() if beginning else bundled.names()
    return [*_files(beginning, _SPEC_ENDINGS), *_matching(known, beginning)]


def files(context: click.Context, beginning: str) -> list[CompletionItem]:
    """All files and folders."""
    del context
    return list(_files(beginning))


def models(context: click.Context, beginning: str) -> list[CompletionItem]:
    """Files of models of other programs, and folders."""
    del context
    from cnncalc.models.recognition import ENDINGS

    return list(_files(beginning, ENDINGS))


def weight_files(context: click.Context, beginning: str) -> list[CompletionItem]:
    """Files of weights, and folders."""
    del context
    from cnncalc.interchange.darknet_weights import ENDING
    from cnncalc.interchange.weight_files import ENDINGS

    return list(_files(beginning, (*ENDINGS, ENDING)))


def bundled_names(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The names of bundled specs and variants."""
    del context
    from cnncalc.spec import bundled

    return _matching(bundled.every_name(), beginning)


def layers(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The layers and scopes of the spec before, of dotted names one part after the other, as in a tree of folders."""
    network = _network(context)
    if network is None:
        return []
    names = dict.fromkeys((*network.scopes, *(node.name for node in network.nodes)))
    found: dict[str, str] = {}
    for name in names:
        if name.startswith(beginning):
            end = name.find(".", len(beginning) + name.startswith(f"{beginning}."))
            value = name if end < 0 else name[:end] if name[:end] in names else name[: end + 1]
            found[value] = "plain" if end < 0 and value not in found else "part"
    return [CompletionItem(value, kind) for value, kind in found.items()]


def variants(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The variants of the spec before."""
    return _matching(_variants(_source(context)), beginning)


def listed_variants(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The variants of the spec before that are not in the list yet, each behind what is in it."""
    listed, comma, _ = beginning.rpartition(",")
    known = listed.split(",")
    return _matching((f"{listed}{comma}{name}" for name in _variants(_source(context)) if name not in known), beginning)


def settings(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The parameters of the spec before, with their equals signs; what their defaults are is said."""
    spec = _spec(_source(context))
    if spec is None:
        return []
    return [
        CompletionItem(f"{name}=", "part", help=f"default {value_text(default.plain())}")
        for name, (_, default) in spec.parameters.items()
        if name.startswith(beginning)
    ]


def conventions(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The tools whose ways of counting are known."""
    del context
    from cnncalc.conventions.registry import CONVENTIONS

    return _matching(CONVENTIONS, beginning)


def layer_types(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The layer types in all spellings, and the words of the language that stand among them."""
    del context
    from cnncalc.guide.topics import WORDS
    from cnncalc.layers import LAYERS, spellings

    return _matching((*spellings(LAYERS), *WORDS), beginning)


def schemas(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The names of JSON Schemas, with what each is of."""
    del context
    from cnncalc.schema.catalogue import subjects

    return [CompletionItem(name, help=of) for name, of in subjects().items() if name.startswith(beginning)]


def columns(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The columns of a summary, of which a comma may announce another."""
    del context
    from cnncalc.reports.summary_columns import COLUMNS

    before, comma, start = beginning.rpartition(",")
    names = [heading.lower() for heading in COLUMNS]
    return [CompletionItem(f"{before}{comma}{name}", "part") for name in names if name.startswith(start)]


def orders(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The columns by which the rows of a summary can be sorted."""
    del context
    from cnncalc.reports.summary_columns import COLUMNS

    return _matching((heading.lower() for heading, column in COLUMNS.items() if column.order), beginning)


def topics(context: click.Context, beginning: str) -> list[CompletionItem]:
    """The topics of the guide with what they are about, and the commands."""
    from cnncalc.guide.topics import topics as every

    group = context.find_root().command
    commands = group.shell_complete(context.find_root(), beginning)
    told = [CompletionItem(topic.name, help=topic.summary) for topic in every() if topic.name.startswith(beginning)]
    names = {item.value for item in told}
    return [*told, *(item for item in commands if item.value not in names)]


def _matching(names: Iterable[str], beginning: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(beginning)]


def _files(beginning: str, endings: tuple[str, ...] = ("",)) -> Iterator[CompletionItem]:
    """The folders, and the files with one of these endings, that begin so; hidden ones only behind a dot."""
    folder, slash, start = beginning.rpartition("/")
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder + slash) or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        if entry.is_dir():
            yield CompletionItem(f"{folder}{slash}{entry.name}/", "part")
        elif entry.name.lower().endswith(endings):
            yield CompletionItem(f"{folder}{slash}{entry.name}")


def _source(context: click.Context) -> str:
    """The SPEC before; of several the last."""
    given = context.params.get("spec") or context.params.get("specs") or "lenet"
    return given if isinstance(given, str) else str(given[-1])


def _variants(source: str) -> list[str]:
    """The variants of a spec."""
    spec = _spec(source)
    return [] if spec is None else list(spec.variants)


def _spec(source: str) -> Spec | None:
    """The spec that a SPEC names, or None where it cannot be had at once and without a word."""
    from cnncalc.spec import sources

    if not _is_at_hand(source):
        return None
    try:
        return sources.find(source)[0]
    except CnncalcError:
        return None


def _is_at_hand(source: str) -> bool:
    """Whether reading a SPEC ends soon: standard input, pipes and huge files are left alone."""
    if source == "-":
        return False
    for path in (source, source.rpartition(":")[0]):
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            continue
        return stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST
    return True


def _network(context: click.Context) -> Network | None:
    """The network of the spec before, with what is set before, or None where there is none."""
    import click

    from cnncalc.api.loading import build
    from cnncalc.cli import common

    given = context.params
    source = _source(context)
    if not _is_at_hand(source):
        return None
    try:
        choice = common.load_choice(source, given.get("variant"), given.get("settings") or ())
        return build(choice, common.given_shapes(given.get("shapes") or ()), relaxed=True)
    except (CnncalcError, click.ClickException):
        return None
