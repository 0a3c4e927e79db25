"""Finds and parses the spec that a user names: a path, a bundled architecture or variant, standard input, or YAML."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.spec import bundled
from cnncalc.spec.document import Spec
from cnncalc.spec.variant import ChosenVariant
from cnncalc.text_nodes import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from cnncalc.layers.base import Layer
    from cnncalc.models.model import Model

    Written = str | os.PathLike[str] | Mapping[str, Any] | list[Any] | tuple[Any, ...]
    """What a spec may be given as from Python."""


MAX_BYTES: Final = 32 * 2**20
"""The largest spec that is read."""
MAX_MODEL_BYTES: Final = 2**31
"""The most that a message of protocol buffers may have, and that is read of a model on standard input."""
_FIRST_BYTES: Final = (*(bytes([byte]) for byte in b"\x08\x89P{[#;"), b"\n", b"\r", b" ", b"\t")
"""What a model's file begins with; but for the first two, a spec may too."""
_PROGRAMS: Final = {"keras": "Keras", "darknet": "darknet"}
_OTHER_ARCHIVES: Final = (".pt", ".pth", ".ckpt", ".torchscript", ".npz", ".zip", ".xlsx", ".docx")
"""The endings of zip archives that are no models of Keras."""


def as_text(
    source: Any, layers: Mapping[str, type[Layer]], name: str = "source"
) -> tuple[str, Mapping[str, type[Layer]]]:
    """The path, name or text of a spec that is given from Python, and the layer types that are needed to read it.

    What is written in dicts, lists and layer objects becomes text, and brings their types. Raises `CnncalcError`.

    >>> as_text([{"linear": {"out_features": 3}}], LAYERS)[0].splitlines()[1]
    '  - {"linear": {"out_features": 3}}'
    """
    if isinstance(source, (dict, list, tuple)):
        from cnncalc.spec.structure import Structure

        structure = Structure(source)
        return structure.text, structure.registry(layers)
    from cnncalc import arguments

    return arguments.source(source, name), layers


def choose(
    source: str | os.PathLike[str],
    variant: str | None,
    settings: dict[str, Any],
    layers: Mapping[str, type[Layer]] = LAYERS,
) -> ChosenVariant:
    """The spec that `source` names, with its variant chosen and its parameters set."""
    spec, named = spec_and_variant(source, variant, layers)
    return ChosenVariant(spec, named, settings)


def choose_all(
    source: str | os.PathLike[str], variant: str | None, settings: dict[str, Any]
) -> Iterator[ChosenVariant]:
    """As `choose`, once for each variant where neither `source` nor `variant` names one."""
    spec, named = spec_and_variant(source, variant)
    for each in spec.variants or (None,) if named is None else (named,):
        yield ChosenVariant(spec, each, settings)


def spec_and_variant(
    source: str | os.PathLike[str], variant: str | None, layers: Mapping[str, type[Layer]] = LAYERS
) -> tuple[Spec, str | None]:
    """The spec, and the variant that either argument names; raises `CnncalcError` where they name different ones."""
    spec, addressed = find(source, layers)
    if addressed is not None and variant is not None and addressed != variant:
        raise CnncalcError(
            f"`{os.fspath(source)}` names the variant {addressed}, and {variant} is asked for", code="not-found"
        )
    return spec, addressed if variant is None else variant


def find(source: str | os.PathLike[str], layers: Mapping[str, type[Layer]] = LAYERS) -> tuple[Spec, str | None]:
    """The parsed spec that a path, a bundled name, `-` or a text stands for, and the variant that it names, if any.

    The text is YAML if it has line breaks and does not begin with a call, and else layers in one line.
    """
    name = os.fspath(source)
    if "\n" in name:
        pasted = re.match(r"\s*[A-Za-z_][\w.]*\s*\(", name)
        return (_in_one_line(" ".join(name.split()), layers) if pasted else Spec(Source("<text>", name))), None
    if name == "-":
        return _in_standard_input(), None
    if _is_file(name):
        return _in_file(name), None
    known = bundled.find(name)
    if known is not None:
        path, variant = known
        return Spec(Source(os.path.basename(path), _text(path), path)), variant
    file, _, variant = name.rpartition(":")
    if file and variant and (_is_file(file) or bundled.find(file)):
        return find(file)[0], variant
    if "(" in name or "|" in name:
        return _in_one_line(name, layers), None
    from cnncalc.spec.advice.files import folder_error, missing_error

    raise folder_error(name) if os.path.isdir(name) else missing_error(name)


def is_there(name: str) -> bool:
    """Whether a word stands for a spec or a model: a file, a folder, what is bundled, `-`, or layers in one line.

    >>> is_there("resnet18"), is_there("no such file")
    (True, False)
    """
    if name == "-" or "\n" in name or "(" in name or "|" in name or os.path.exists(name) or bundled.find(name):
        return True
    file, _, variant = name.rpartition(":")
    return bool(file and variant and (os.path.exists(file) or bundled.find(file)))


def find_beside(source: Source, name: str, layers: Mapping[str, type[Layer]]) -> tuple[Spec, str | None]:
    """As `find`, for a name that stands in another spec: a path is meant from that one's folder.

    >>> find_beside(Source("net.yaml", ""), "resnet18", LAYERS)[1]
    'resnet18'
    """
    folder = os.path.dirname(source.path)
    for file, variant in ((name, None), (name.rpartition(":")[0], name.rpartition(":")[2])):
        path = os.path.join(folder, file)
        if file and _is_file(path):
            return _in_file(path), variant
    if name == "-" or "\n" in name or "(" in name or "|" in name:
        raise CnncalcError(f"`{name[:40]}` is neither a file nor a bundled architecture", code="not-found")
    return find(name, layers)


def _is_file(name: str) -> bool:
    """Whether there is a file, a pipe or a device of that name; a folder hides no bundled architecture."""
    return os.path.exists(name) and not os.path.isdir(name)


def _in_file(name: str) -> Spec:
    """The spec in a file; raises `CnncalcError`, which says what the file is where it is known to be no spec."""
    model = _model(name)
    if model is not None:
        from cnncalc.spec.model_specs import spec_of

        return spec_of(model)
    if not os.path.isfile(name):
        return _in_pipe(name)
    text = _text(name)
    error: CnncalcError | None = None
    try:
        spec = Spec(Source(name, text, name))
        if not spec.mistakes:
            return spec
    except CnncalcError as unreadable:
        error = unreadable
    from cnncalc.spec.advice.files import foreign_error

    error = foreign_error(name) or error
    if error is None:
        return spec
    raise error from None


def is_model(name: str) -> bool:
    """Whether a file is a model of another program, by what it begins with.

    >>> is_model("no such file")
    False
    """
    return _is_file(name) and _model(name) is not None


def _model(name: str) -> Model | None:
    """The model of another program in a file, which is known by what it begins with; None for any other file."""
    if not os.path.isfile(name):
        return None  # a pipe can be read, and even opened, only once
    try:
        with open(name, "rb") as file:
            may_be_one = file.read(1) in _FIRST_BYTES
    except OSError:
        return None  # which is told where the text is read
    if not may_be_one or name.lower().endswith(_OTHER_ARCHIVES):
        return None
    from cnncalc.models.recognition import model_in

    return model_in(name)


def read_again(text: str, name: str, layers: Mapping[str, type[Layer]], *, in_one_line: bool) -> Spec:
    """The spec of a text that was read before, as elsewhere, where its file is not there.

    A model has no text: its file is read once more.

    >>> read_again("{input: 4, layers: [relu]}", "net.yaml", LAYERS, in_one_line=False).name
    'net'
    """
    if not text:
        return _in_file(name)
    return _in_one_line(text, layers) if in_one_line else Spec(Source(name, text, name))


def _in_one_line(text: str, layers: Mapping[str, type[Layer]]) -> Spec:
    """The spec that layers in one line are."""
    from cnncalc.spec import one_line

    line = Source("<line>", text)
    return Spec(line, one_line.parse(line, layers), in_one_line=True)


def _text(path: str) -> str:
    """The text of a file; raises `CnncalcError`."""
    try:
        with open(path, "rb") as file:
            return _decoded(file.read(MAX_BYTES + 1), path)
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}", code="unreadable") from None


def _in_pipe(path: str) -> Spec:
    """The spec that comes from a pipe or a device, such as a shell's `<(...)`; raises `CnncalcError`."""
    try:
        with open(path, "rb") as file:
            return _in_stream(file, path, path)
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}", code="unreadable") from None


def _in_standard_input() -> Spec:
    """The spec on standard input; raises `CnncalcError`."""
    try:
        return _in_stream(sys.stdin.buffer, "<stdin>", "standard input")
    except OSError as error:
        raise CnncalcError(f"cannot read standard input: {error.strerror}", code="unreadable") from None


def _in_stream(file: BinaryIO, name: str, words: str) -> Spec:
    """The spec that comes from elsewhere than a file, or that of the ONNX model that does; raises `CnncalcError`."""
    data = file.read(MAX_BYTES + 1)
    if data[:1] in _FIRST_BYTES:
        from cnncalc.models.recognition import format_of, model_of

        format_ = format_of(data)
        if format_ == "onnx":
            from cnncalc.spec.model_specs import spec_of

            return spec_of(model_of(data + file.read(MAX_MODEL_BYTES), name))
        if format_ is not None and data[:1] != b"P":
            fact = f"{words} has a model of {_PROGRAMS[format_]}, and only those of ONNX are read from a pipe"
            raise CnncalcError(fact, hint="name its file", code="unreadable")
    return Spec(Source(name, _decoded(data, words), name if name == words else ""))


def _decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark."""
    if len(data) > MAX_BYTES:
        from cnncalc.spec.advice.files import foreign_error

        fact = f"{name} is larger than {MAX_BYTES // 2**20} MiB, the most for a spec"
        raise foreign_error(name, data) or CnncalcError(fact, code="unreadable")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode(encoding)
    except UnicodeDecodeError as error:
        from cnncalc.spec.advice.files import foreign_error

        foreign = foreign_error(name, data)
        if foreign is not None:
            raise foreign from None
        line = data.count(b"\n", 0, error.start) + 1
        hint = "is this a text file? a spec is YAML in UTF-8"
        fact = f"{name}:{line}: not {encoding.upper()}: byte {data[error.start]:#04x}"
        raise CnncalcError(fact, hint=hint, code="unreadable") from None
