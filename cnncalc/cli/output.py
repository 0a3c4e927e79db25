"""Where a command's result goes, and in which form: `-o`, `--format` and `--json`, alike in all commands."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from cnncalc.cli import streams
from cnncalc.cli.common import completed_by
from cnncalc.errors import CnncalcError, enumerated
from cnncalc.reports.registry import ENDINGS, formats, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cnncalc.reports.style import Style
    from cnncalc.reports.view import View

ARRAYS: Final = {"npy": (".npy",), "npz": (".npz",), "png": (".png",)}
"""The endings of files that take the network's output."""
DOCUMENTS: Final = ("svg", "tikz", "html", "latex")
"""The forms that are UTF-8 on standard output, too: what else stands for a letter there would be a command to TeX."""
OTHER_ENDINGS: Final = {
    *(ending for known in (ENDINGS, ARRAYS) for endings in known.values() for ending in endings if ending != ".txt"),
    *(".tex", ".svg", ".html", ".pdf", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"),
    *(".xml", ".tsv", ".xlsx", ".onnx", ".py"),
}
"""Endings that promise a form, which `--format` cannot overrule; `.txt` is any text, others may be parts of names."""


class Output:
    """The result's place: `file` where `-o` names one, else standard output.

    `form` is that of the report, a word of `--format`; `array` is `npy` or `png` where the file takes the network's
    output, and standard output the report.
    """

    __slots__ = ("array", "file", "form", "path")

    def __init__(
        self, form: str, array: str | None = None, path: str | None = None, file: BinaryIO | None = None
    ) -> None:
        self.form = form
        self.array = array
        self.path = path
        self.file = file

    @property
    def _to_standard_output(self) -> bool:
        return self.file is None or self.array is not None

    @property
    def for_person(self) -> bool:
        """Whether a person reads the report in a terminal."""
        return self._to_standard_output and streams.is_terminal()

    @property
    def style(self) -> Style:
        """As wide as there is room; UTF-8, plain and on one line of JSON in files, indented JSON in a terminal."""
        from cnncalc.reports.style import PLAIN, Style

        if not self._to_standard_output:
            return PLAIN
        person = self.for_person
        return Style(
            self._width,
            streams.shows_colours(person),
            sys.stdout.encoding or PLAIN.encoding,
            indent=2 if person else None,
            errors_are_seen=person and sys.stderr.isatty(),
        )

    @property
    def _width(self) -> int | None:
        """The columns that there are: those of COLUMNS or of the terminal; None, without a limit, in a pipe."""
        return streams.columns(sys.stdout if self.for_person else None)

    def report(self, subject: str, result: object, *, view: View | None = None, width: int | None = None) -> None:
        """Write a result as a report on that subject, with the view and in the width that the reader wishes."""
        style = self.style
        if view is not None:
            style = style._replace(wishes=view)
        style = style if width is None else style._replace(width=width)
        self._write_all(pieces(subject, self.form, result, style))

    def point_to_file(self, name: str) -> None:
        """Tell a person whose terminal was filled with what a browser shows how a file has it."""
        if self.for_person:
            streams.write_notes([f"this is the text of a file, which -o {name} writes"])

    @property
    def is_folder(self) -> bool:
        """Whether there is to be a file for each result."""
        return self.file is None and self.path is not None and self.path.endswith("/")

    def report_each(self, subject: str, results: Mapping[str, object], view: View) -> None:
        """Write a report of each result into the folder, to a file of that name with the ending of the form.

        All are made before the first is written; each is written whole or not at all.
        """
        from cnncalc.interchange import output_files
        from cnncalc.reports.style import PLAIN

        assert self.path is not None
        style = PLAIN._replace(wishes=view)
        texts = {name: "".join(pieces(subject, self.form, result, style)) for name, result in results.items()}
        with output_files.write_errors(self.path):
            os.makedirs(self.path, exist_ok=True)
        for name, text in texts.items():
            path = os.path.join(self.path, f"{name}{ENDINGS[self.form][0]}")
            with output_files.opened(path) as file, output_files.write_errors(path):
                file.write(text.encode(errors="backslashreplace"))

    def write(self, text: str) -> None:
        """Write to the file of `-o`, or to standard output."""
        self._write_all([text])

    def _write_all(self, texts: Iterable[str]) -> None:
        """Write each text as it comes to the file of `-o`, or to standard output as long as anyone reads."""
        if self._to_standard_output:
            if self.form in DOCUMENTS:
                streams.use_utf8()
            all(map(streams.write_output, texts))
            return
        with self.writing() as file:
            for text in texts:
                file.write(text.encode(errors="backslashreplace"))
            file.flush()

    @contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        """The file of `-o`; what fails while it is written raises `CnncalcError`."""
        from cnncalc.interchange.output_files import write_errors

        assert self.file is not None
        assert self.path is not None
        with write_errors(self.path):
            yield self.file


_NONE: Final[Mapping[str, tuple[str, ...]]] = {}


def output_options(
    *subjects: str,
    arrays: Mapping[str, tuple[str, ...]] = _NONE,
    names: tuple[str, ...] = ("-o", "--output"),
    usual: str = "standard output",
    folders: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say where a report on one of these subjects goes, and in which form; as one `output`.

    What `-o` names is opened before the command begins. A file whose ending is one of `arrays` takes the network's
    output, beside the report. `names` are the names of the option, `usual` is where the report goes without it. Where
    there is a form for `folders`, that of the files in one, the name of a folder ends with a slash.
    """
    forms = formats(*subjects)
    endings = {form: ENDINGS[form] for form in forms} | dict(arrays)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def resolved(path: str | None, format_: str | None = None, as_json: bool = False, **others: Any) -> Any:
            wanted = _named_form(format_, as_json=as_json)
            if folders and path and path.endswith("/"):
                return command(output=Output(wanted or folders, path=path), **others)
            form, array = _forms(path, wanted, forms, endings)
            with opened(Output(form, array, path)) as output:
                return command(output=output, **others)

        writable = enumerated([ending for known in endings.values() for ending in known], "or")
        text = f"Write to FILE, whole or not at all, instead of {usual}; its ending says how: {writable}."
        text += " A .txt takes any --format." * (len(forms) > 1)
        text += f" A folder, FILE/, takes a file each, {ENDINGS[folders][0]} unless --format says." if folders else ""
        complete = completed_by("files")
        options = [click.option(*names, "path", metavar="FILE", help=text, shell_complete=complete)]
        if len(forms) > 1:
            choice = click.Choice(forms)
            text = f"Output form.  [default: {forms[0]}]"
            if "json" in forms:
                options.append(click.option("--json", "as_json", is_flag=True, help="Short for --format json."))
            options.append(click.option("--format", "format_", type=choice, help=text))
        decorated: Callable[..., Any] = resolved
        for option in options:
            decorated = option(decorated)
        return decorated

    return decorate


def _named_form(format_: str | None, *, as_json: bool) -> str | None:
    """The form that `--format` or `--json` names; None where neither does."""
    if as_json and format_ not in (None, "json"):
        raise click.UsageError(f"--json and --format {format_} contradict each other")
    return "json" if as_json else format_


def _forms(
    path: str | None, wanted: str | None, forms: tuple[str, ...], endings: Mapping[str, tuple[str, ...]]
) -> tuple[str, str | None]:
    """The form of the report, and that of the array that is written beside it, if one is."""
    ending = os.path.splitext(path or "")[1].lower()
    default = wanted or forms[0]
    if not ending or (wanted and ending not in OTHER_ENDINGS):
        return default, None
    by_ending = next((form for form, known in endings.items() if ending in known), None)
    if by_ending is None:
        writable = enumerated([ending for known in endings.values() for ending in known], "and")
        name = click.get_current_context().info_name
        from cnncalc.interchange.output_files import instead_of

        hint = f"it writes {writable}"
        if any(".svg" in known for known in endings.values()):
            hint += instead_of(ending)
        raise CnncalcError(f"-o {path}: `{name}` cannot write {ending} files", hint=hint)
    if by_ending not in forms:
        return default, by_ending
    if wanted not in (None, by_ending):
        raise click.UsageError(f"-o {path} asks for {by_ending} by its ending, and --format for {wanted}")
    return by_ending, None


@contextmanager
def opened(output: Output) -> Iterator[Output]:
    """The output with its file opened, if it has one."""
    if output.path is None or output.path == "-":
        yield output
        return
    if not output.path:
        raise click.UsageError("-o takes the name of a file, or - for standard output")
    from cnncalc.interchange import output_files

    if output_files.descriptor(output.path) == 1:
        yield output
        return
    with output_files.opened(output.path) as file:
        yield Output(output.form, output.array, output.path, file)
