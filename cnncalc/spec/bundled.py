"""The bundled architectures: where they are, and which there are."""

from __future__ import annotations

import os
from typing import Final

from cnncalc.errors import CnncalcError, did_you_mean

ENDINGS: Final = (".yaml", ".yml")
LISTED: Final = "`cnncalc list` or cnncalc.architectures() lists what is bundled"
"""The hint for a name that is like none of them."""


def folder() -> str:
    """The folder of the bundled specs: inside the installed package or, in a source tree, beside it."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "architectures")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "architectures")


def names() -> list[str]:
    """The names of the bundled specs, in alphabetical order.

    >>> "lenet" in names()
    True
    """
    try:
        files = os.listdir(folder())
    except OSError:
        return []
    return sorted(stem for stem, ending in map(os.path.splitext, files) if ending == ENDINGS[0])


def find(name: str) -> tuple[str, str | None] | None:
    """The bundled file of that name, with or without its ending, or else the one with that variant, and the variant.

    Variants are found in the lines of the files, as parsing all of them would take long; those whose names begin
    like the one that is wanted are read first.

    >>> import os
    >>> os.path.basename(find("lenet.yaml")[0]), find("lenet")[1]
    ('lenet.yaml', None)
    """
    stem, ending = os.path.splitext(name)
    stem = stem if ending in ENDINGS else name
    known = names()
    if stem in known:
        return _path(stem), None
    if not stem or os.path.basename(stem) != stem or not {" ", "("}.isdisjoint(stem):
        return None  # layers in one line, among other things: no file has to be read to tell
    for candidate in sorted(known, key=lambda other: -_common_prefix(other, stem)):
        if stem in variants(candidate):
            return _path(candidate), stem
    return None


def text(name: str) -> str:
    """The YAML of the bundled file of that name, or of the one with that variant, which then stands first in it.

    So the text is of the network that the name stands for. Raises `CnncalcError` where there is none.

    >>> text("lenet").splitlines()[0]
    'name: LeNet-5'
    >>> "variants:\\n  resnet18:" in text("resnet18")
    True
    """
    found = find(name)
    if found is None:
        own = f"it is a file of yours: `cnncalc summary {name}`" if os.path.isfile(name) else None
        hint = own or did_you_mean(name, every_name(), "bundled") or LISTED
        raise CnncalcError(f"there is no bundled architecture `{name}`", hint=hint)
    path, variant = found
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    return whole if variant is None else _with_first(variant, whole)


def _with_first(variant: str, whole: str) -> str:
    """The text of a spec with that variant, and the comments above it, before its other variants."""
    lines = whole.splitlines(keepends=True)
    begin = lines.index("variants:\n") + 1
    entries: list[tuple[str, list[str]]] = []
    comments: list[str] = []
    end = begin
    for line in lines[begin:]:
        if line[:1] not in " #\n":
            break
        end += 1
        name = _variant_name(line)
        if name is not None:
            entries.append((name, [*comments, line]))
            comments = []
        elif line.startswith("  #") or line == "\n":
            comments.append(line)
        else:
            entries[-1][1].extend([*comments, line])
            comments = []
    ordered = sorted(entries, key=lambda entry: entry[0] != variant)
    return "".join([*lines[:begin], *(line for _, own in ordered for line in own), *comments, *lines[end:]])


def _variant_name(line: str) -> str | None:
    """The name of the variant that a line among `variants` begins, if it begins one."""
    return line.split(":", 1)[0].strip() if line.startswith("  ") and line[2:3] not in " #" else None


def _common_prefix(one: str, other: str) -> int:
    """The length of the longest common prefix of two names."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def variants(name: str) -> list[str]:
    """The names of the variants of a bundled spec, in the order of the file."""
    found: list[str] = []
    with open(_path(name), encoding="utf-8") as file:
        inside = False
        for line in file:
            if line[:1] not in " #\n":
                inside = line.startswith("variants:")
            elif inside and (variant := _variant_name(line)) is not None:
                found.append(variant)
    return found


def every_name() -> list[str]:
    """The names of all bundled specs and variants."""
    known = names()
    return known + [variant for name in known for variant in variants(name)]


def _path(stem: str) -> str:
    return os.path.join(folder(), stem + ENDINGS[0])
