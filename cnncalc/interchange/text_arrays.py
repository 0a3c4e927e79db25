"""Small arrays as text: tables of numbers in .csv files, and nested lists as YAML and JSON write them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.errors import CnncalcError, value_text
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout, Shape

MOST_CSV_BYTES: Final = 64 * 2**20
"""The largest table that is read; larger ones are slow as text."""
MOST_LIST_CHARACTERS: Final = 100_000
"""The longest list on a command line."""
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.IGNORECASE)
_NPY: Final = "numpy.save writes large arrays as .npy"


def read_table(path: str) -> Array:
    """The numbers of a .csv file, ``(lines, numbers a line)``, separated by commas, semicolons, tabs or blanks.

    Raises `CnncalcError` with file, line and column for what is not a number, and for lines of different lengths.
    """
    lines = [(number, line) for number, line in enumerate(_text(path).splitlines(), start=1) if line.strip()]
    if not lines:
        raise CnncalcError(f"{path} holds no numbers", hint="a line of numbers for each row, with commas between them")
    mark = next((mark for mark in ";\t," if mark in lines[0][1]), None)
    rows = [_row(path, number, line, mark) for number, line in lines]
    for (number, _), row in zip(lines, rows, strict=True):
        if len(row) != len(rows[0]):
            fact = f"{path}:{number}: {_numbers(len(row))}, and the first line has {len(rows[0])}"
            raise CnncalcError(fact, hint="every line has as many")
    return np.array(rows, np.float64)


def _numbers(count: int) -> str:
    return f"{count} number{'s' * (count != 1)}"


def _text(path: str) -> str:
    """The text of a file in UTF-8; raises `CnncalcError`."""
    try:
        if os.path.getsize(path) > MOST_CSV_BYTES:
            raise CnncalcError(f"{path} is larger than {MOST_CSV_BYTES // 2**20} MiB, the most for text", hint=_NPY)
        with open(path, encoding="utf-8-sig") as file:
            return file.read(MOST_CSV_BYTES)
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CnncalcError(f"{path} is not a text in UTF-8", hint="a .csv file has numbers only") from None


def _row(path: str, number: int, line: str, mark: str | None) -> list[float]:
    """The numbers of a line."""
    cells = re.finditer(r"\S+" if mark is None else f"[^{mark}]+|(?<=^)(?={mark})|(?<={mark})(?={mark}|$)", line)
    row: list[float] = []
    for cell in cells:
        word = cell.group().strip()
        if not _NUMBER.fullmatch(word):
            place = f"{path}:{number}:{cell.start() + 1 + len(cell.group()) - len(cell.group().lstrip())}"
            raise CnncalcError(f"{place}: {_named(word)} is not a number", hint=_hint(word, number, line, mark))
        row.append(float(word))
    return row


def _named(word: str) -> str:
    return f"'{printable(word)[:40]}'" if word else "an empty field"


def _hint(word: str, number: int, line: str, mark: str | None) -> str | None:
    """What to do about a word that is not a number."""
    if re.fullmatch(r"[+-]?\d+,\d+", word):
        return "write decimal points, not commas"
    if number == 1 and word[:1].isalpha() and not any(_NUMBER.fullmatch(cell.strip()) for cell in line.split(mark)):
        return "leave the heading out: every line holds numbers"
    return None


def parse_list(text: str) -> Array:
    """The array of nested lists of numbers; raises `CnncalcError`.

    >>> parse_list("[[1, 3], [4, 6.5]]").tolist()
    [[1.0, 3.0], [4.0, 6.5]]
    """
    from cnncalc.spec.yaml_tree import parse
    from cnncalc.text_nodes import Source

    if len(text) > MOST_LIST_CHARACTERS:
        fact = f"--data: a list of {len(text):,} characters, and {MOST_LIST_CHARACTERS:,} are the most"
        raise CnncalcError(fact, hint=_NPY)
    values: Any = parse(Source("--data", text)).plain()
    sizes = _sizes(values)
    _check_nested(values, sizes)
    return np.array(values, np.float64)


def _sizes(values: Any) -> list[int]:
    """The length of the first list at each depth."""
    sizes: list[int] = []
    while isinstance(values, list):
        sizes.append(len(values))
        values = values[0] if values else None
    return sizes


def _check_nested(values: Any, sizes: list[int], place: str = "") -> None:
    """Raise `CnncalcError` unless lists have these lengths at each depth, and numbers in the innermost."""
    where = f" at {place}" if place else ""
    if not sizes:
        if type(values) not in (int, float):
            raise CnncalcError(f"--data: {value_text(values)}{where} is not a number")
        return
    if values == []:
        raise CnncalcError(f"--data: the list{where} is empty", hint="write numbers, such as [[1, 3], [4, 6]]")
    if not isinstance(values, list) or len(values) != sizes[0]:
        found = _counted(len(values)) if isinstance(values, list) else "no list"
        fact = f"--data: {_counted(sizes[0])} must stand{where}, as in the lists before, and there is {found}"
        raise CnncalcError(fact, hint="lists at one depth have equal lengths")
    for number, value in enumerate(values):
        _check_nested(value, sizes[1:], f"{place}[{number}]")


def _counted(count: int) -> str:
    return f"a list of {count} value{'s' * (count != 1)}"


def table_as_input(table: Array, own: Shape | None, layout: Layout) -> Array:
    """A table as the input that it is for: a map of one channel, a sequence, a vector, or a vector a line.

    `own` is the input's shape, channels first, None where any will do. Where a table cannot be that input, it comes
    back as it is.
    """
    rows, columns = table.shape
    rank = 3 if own is None else len(own)
    if rank == 1 and own is not None and (rows == 1 or (columns == 1 and own[0] == rows)):
        return table.reshape(-1)
    if rank == 2 and own is not None and own[0] == 1 and 1 in table.shape:
        return table.reshape(layout.external((1, table.size)))
    return table.reshape(layout.external((1, rows, columns))) if rank == 3 and (own is None or own[0] == 1) else table


def list_as_input(array: Array, own: Shape | None, layout: Layout) -> Array:
    """An array that may have left out the channel axis of an input of one channel."""
    if own is None or len(own) == 1 or own[0] != 1 or array.ndim != len(own) - 1:
        return array
    return array[..., np.newaxis] if layout.channels_last else array[np.newaxis]
