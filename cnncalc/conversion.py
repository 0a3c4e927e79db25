"""What every result can be turned into: plain dicts and lists, rows, a data frame, text, and a notebook's HTML."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from cnncalc.errors import CnncalcError, enumerated

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from pandas import DataFrame

    Format: TypeAlias = Literal["table", "json", "csv", "markdown", "latex"]
    """The forms in which every result can be written."""


class Convertible:
    """A result; `subject` is what the registry of reports calls its kind.

    Results know nothing of how they are written, and import nothing of it before they are asked.
    """

    __slots__ = ()
    subject: ClassVar[str]

    def to_text(self, format: Format = "table", *, width: int | None = None) -> str:  # noqa: A002 - as the option
        """The result as the command line prints it, with `width` columns or as many as it needs.

        >>> import cnncalc
        >>> print(cnncalc.load("lenet").receptive_fields().to_text("markdown").splitlines()[4])
        | c1 | conv2d | 6x28x28 | input | 5 | 1 | 2 |
        """
        from cnncalc import arguments

        registry = import_module("cnncalc.reports.registry")
        formats = registry.formats(self.subject)
        if format not in formats:
            raise arguments.wrong("format", enumerated(formats, "or"), format)
        if width is not None:
            width = arguments.whole_number("width", width, 1)
        style = import_module("cnncalc.reports.style").Style(width=width)
        text: str = registry.render(self.subject, format, self, style)
        return text

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the result to a file, whole or not at all, in the form that its ending says, as `-o` does.

        Raises `CnncalcError` for another ending, and where the file cannot be written.
        """
        from cnncalc import arguments

        registry, files = map(import_module, ("cnncalc.reports.registry", "cnncalc.interchange.output_files"))
        name = arguments.path(path)
        forms = registry.formats(self.subject)
        found = {ending: form for form in reversed(forms) for ending in registry.ENDINGS[form]}
        ending = os.path.splitext(name)[1].lower()
        if ending not in found:
            fact = f"this result cannot be written as {ending or name}"
            other = files.instead_of(ending) if "svg" in forms else ""
            raise CnncalcError(fact, hint=f"it is written as {enumerated(sorted(found), 'and')}{other}")
        style = import_module("cnncalc.reports.style").PLAIN
        with files.opened(name) as file, files.write_errors(name):
            for text in registry.pieces(self.subject, found[ending], self, style):
                file.write(text.encode(errors="backslashreplace"))

    def to_dict(self) -> dict[str, Any]:
        """The result as plain dicts and lists, with the keys and values of its JSON.

        >>> import cnncalc
        >>> cnncalc.load("lenet").report().to_dict()["totals"]["parameters"]
        61706
        """
        import json

        plain: dict[str, Any] = json.loads(self.to_text("json"))
        return plain

    def to_rows(self) -> list[dict[str, Any]]:
        """The rows of the result's main table, one figure a key, all with the same keys: what its CSV has.

        >>> import cnncalc
        >>> [(row["name"], row["kernel_width"]) for row in cnncalc.load("lenet").report().to_rows()][:2]
        [('c1', 5), ('s2', 2)]
        """
        rows: list[dict[str, Any]] = import_module("cnncalc.reports.registry").rows(self.subject, self)
        return rows

    def to_frame(self) -> DataFrame:
        """Those rows as a data frame of pandas, which has to be installed; raises `CnncalcError` where it is not.

        >>> import cnncalc
        >>> frame = cnncalc.load("lenet").report().to_frame()
        >>> int(frame.groupby("type").macs.sum()["conv2d"])
        357600
        """
        try:
            import pandas as pd
        except ImportError:
            raise CnncalcError("a data frame needs pandas", hint="pip install pandas") from None
        return pd.DataFrame(self.to_rows())

    def __str__(self) -> str:
        """The table for a person, to the width of the terminal."""
        from sys import stdout

        width = None
        if stdout.isatty():
            from shutil import get_terminal_size

            width = get_terminal_size().columns
        return self.to_text(width=width).rstrip("\n")

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        html: str = import_module("cnncalc.reports.registry").html(self.subject, self)
        return html
