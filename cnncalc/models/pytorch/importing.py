"""A module that is named as code: ``torchvision.models:resnet18``, or ``package.module:Net`` in the current folder.

This imports and calls what is named, and nothing else of the program does.
"""

from __future__ import annotations

import ast
import inspect
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.models.pytorch.frames import raising_line
from cnncalc.models.pytorch.model import ModuleModel
from cnncalc.models.recognition import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DRAWS: Final = frozenset(
    ("uniform_", "normal_", "trunc_normal_", "orthogonal_", "kaiming_uniform_", "kaiming_normal_")
) | {"xavier_uniform_", "xavier_normal_"}
"""Functions that draw how weights begin, which takes most of the time that a module takes to make."""
_MOST_NAMES: Final = 4
"""The names that a hint has."""
_MOST_READ: Final = 2**20
"""The bytes of a program that are looked at for names."""


def is_target(word: str) -> bool:
    """Whether a word can name a module of Python and something in it.

    >>> is_target("torchvision.models:resnet18"), is_target("net.yaml:small"), is_target("resnet18")
    (True, False, False)
    """
    module, _, name = word.rpartition(":")
    parts = [*module.split("."), *name.split(".")]
    return (
        bool(module and name)
        and all(part.isidentifier() for part in parts)
        and not module.endswith((".yaml", ".yml", *ENDINGS))
    )


def as_target(word: str) -> str:
    """``MODULE:NAME`` for a file of Python that is there, ``nets/small.py:Net``; any other word as it is.

    >>> as_target("torchvision.models:resnet18")
    'torchvision.models:resnet18'
    """
    file, _, name = word.rpartition(":")
    if not file.endswith(".py") or not os.path.isfile(file) or os.path.isabs(file):
        return word
    return f"{os.path.normpath(file)[:-3].replace(os.sep, '.')}:{name}"


def program_error(word: str) -> CnncalcError | None:
    """The error for a program of Python, or a module in this folder, without a name of what is in it.

    The hint has the names that the program gives, which is read and not executed; None for any other word.
    """
    file = word if word.endswith(".py") else f"{word.replace('.', '/')}.py"
    if not os.path.isfile(file):
        return None
    module = os.path.normpath(file)[:-3].replace(os.sep, ".")
    names = [f"{module}:{name}" for name in _names_in(file)]
    some = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    hint = f"say what of it makes the network, with --input: {some}{more}" if names else "nothing in it has a name"
    return CnncalcError(f"{file} is a Python program, and MODULE:NAME names a module in one", hint=hint)


def _names_in(file: str) -> list[str]:
    """The names of classes, and then of functions, that a program gives; none where it cannot be read."""
    try:
        with open(file, "rb") as opened:
            tree = ast.parse(opened.read(_MOST_READ))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    kinds = (ast.ClassDef, ast.FunctionDef)
    return [each.name for kind in kinds for each in tree.body if isinstance(each, kind) and each.name[0] != "_"]


def module_model(
    target: str, input_: Any, settings: Mapping[str, Any] | None = None, *, weights: bool = False, opaque: bool = False
) -> ModuleModel:
    """The model of ``MODULE:NAME``, a module or what gives one when it is called with `settings` by name.

    `input_` is as `from_torch` takes it. Without `weights` the module's arrays are not drawn. Raises `CnncalcError`.
    """
    if input_ is None or input_ == {}:
        raise CnncalcError(
            f"the shape that {target} takes is not given", hint="give it, as by --input 3x224x224", code="missing"
        )
    with _current_folder():
        made = _module(target, dict(settings or {}), weights=weights)
        return ModuleModel(made, input_, target.rpartition(":")[2], opaque=opaque, has_values=weights)


@contextmanager
def _current_folder() -> Iterator[None]:
    """Modules of the current folder can be imported, as by ``python -m``."""
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _module(target: str, settings: dict[str, Any], *, weights: bool) -> Any:
    """What the target is, or gives."""
    file, _, path = target.rpartition(":")
    found = _imported(file, target)
    for part in path.split("."):
        if not hasattr(found, part):
            names = [name for name in dir(found) if callable(getattr(found, name, None))]
            raise CnncalcError(f"{file} has no `{path}`", hint=did_you_mean(part, names), code="not-found")
        found = getattr(found, part)
    try:
        torch: Any = import_module("torch")
    except ImportError:
        raise CnncalcError(f"{target}: PyTorch is not installed", hint="pip install torch") from None
    if isinstance(found, torch.nn.Module):
        if settings:
            fact = f"{target} is a module, which takes no settings: {', '.join(settings)}"
            raise CnncalcError(fact, hint="name a class or a function that makes one")
        return found
    if not callable(found):
        raise CnncalcError(f"{target} is of type {type(found).__name__}, neither a module nor what makes one")
    with _drawn(torch) if weights else _undrawn():
        made = _called(found, target, settings)
    if not isinstance(made, torch.nn.Module):
        raise CnncalcError(f"{target} gives an object of type {type(made).__name__}, no torch.nn.Module")
    return made


def _imported(file: str, target: str) -> Any:
    """The module of Python."""
    try:
        return import_module(file)
    except ModuleNotFoundError as error:
        if error.name is not None and (file == error.name or file.startswith(f"{error.name}.")):
            fact = f"there is no module `{error.name}` to import"
            hint = "it must be installed beside cnncalc, or lie in the current folder"
            raise CnncalcError(fact, hint=hint, code="not-found") from None
        missing = error.name and error.name.partition(".")[0]
        needed = f"`{missing}` must be installed beside cnncalc" if missing else None
        raise _failure(f"importing {file}", error, needed) from error
    except Exception as error:
        raise _failure(f"importing {target.rpartition(':')[0]}", error) from error


def _called(found: Any, target: str, settings: dict[str, Any]) -> Any:
    """What a class or function gives."""
    try:
        return found(**settings)
    except Exception as error:
        arguments = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        hint = None
        if isinstance(error, TypeError) or not settings:
            hint = f"arguments are given as --set NAME=VALUE{_arguments(found)}"
        raise _failure(f"{target}({arguments})", error, hint) from error


def _arguments(found: Any) -> str:
    """The arguments that a class or function takes, to stand behind a hint.

    >>> _arguments(is_target)
    ': word'
    """
    try:
        known = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return ""
    names = [str(each.replace(annotation=each.empty)) for each in known if each.kind != each.VAR_KEYWORD]
    return f": {', '.join(names)}" if names else ""


def _failure(what: str, error: Exception, hint: str | None = None) -> CnncalcError:
    """The error for an exception of code that is not ours, in one line."""
    said = next(iter(str(error).splitlines()), "")
    where = raising_line(error)
    if isinstance(error, SyntaxError) and error.filename:
        said, where = error.msg, f"{os.path.basename(error.filename)}:{error.lineno}"
    place = f" in {where}" if where else ""
    return CnncalcError(f"{what} raised {type(error).__name__}{place}: {said}", hint=hint)


@contextmanager
def _drawn(torch: Any) -> Iterator[None]:
    """Weights are drawn, always the same."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


@contextmanager
def _undrawn() -> Iterator[None]:
    """Nothing draws weights."""

    def handle(mode: Any, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        del mode, types
        if getattr(function, "__name__", "") in _DRAWS and arguments:
            return arguments[0]
        return function(*arguments, **(keywords or {}))

    base = import_module("torch.overrides").TorchFunctionMode
    with type("Undrawn", (base,), {"__torch_function__": handle})():
        yield
