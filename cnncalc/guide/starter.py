"""The spec that `cnncalc init` writes: small, commented, and with an example of each thing that most networks need."""

from __future__ import annotations

import os
import re


def starter(name: str, path: str) -> str:
    """The text of the spec for a network of that name, whose comments speak of the file `path`.

    >>> starter("digits", "nets/digits.yaml").splitlines()[1]
    'name: digits'
    """
    with open(os.path.join(os.path.dirname(__file__), "starter.yaml"), encoding="utf-8") as file:
        text = file.read()
    return text.replace("name: net\n", f"name: {_scalar(name)}\n", 1).replace("net.yaml", shell_word(path))


def _scalar(name: str) -> str:
    """A name as YAML reads it back: in quotes unless it is plainly a word."""
    if re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII) and name.lower() not in ("true", "false", "null"):
        return name
    import json

    return json.dumps(name, ensure_ascii=not name.isprintable())


def shell_word(path: str) -> str:
    """A path as a shell reads it, on one line.

    >>> shell_word("my net.yaml")
    "'my net.yaml'"
    """
    import shlex

    from cnncalc.text import printable

    return shlex.quote(printable(path))
