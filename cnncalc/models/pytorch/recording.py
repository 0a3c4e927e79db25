"""One pass through a module, as plain records: what PyTorch said, before any of it is translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Sizes = tuple[int, ...]

INPUT: Final = "input"
PARAMETER: Final = "parameter"
BUFFER: Final = "buffer"
CONSTANT: Final = "constant"
RESULT: Final = "result"


class Ref(NamedTuple):
    """A tensor, by its number in the recording, where it stands among arguments and results."""

    tensor: int


class Word(NamedTuple):
    """What an argument is that has no plain value: a type of values, ``...``, or an object, by its name."""

    text: str


class TensorFact:
    """A tensor: its shape with the batch, where it comes from, and the module's name of it.

    `kind` is one of ``input``, ``parameter``, ``buffer``, ``constant`` and ``result``; a parameter may be `trained`.
    `numbers` are the values of a constant, nested, where they are known and few.
    """

    __slots__ = ("dtype", "kind", "name", "numbers", "shape", "trained")

    def __init__(
        self,
        shape: Sizes,
        kind: str = RESULT,
        name: str = "",
        dtype: str = "float32",
        *,
        trained: bool = True,
        numbers: Any = None,
    ) -> None:
        self.shape = shape
        self.kind = kind
        self.name = name
        self.dtype = dtype
        self.trained = trained
        self.numbers = numbers


class Call(NamedTuple):
    """A call of a module of `torch.nn`, or of a function in the module at `path`.

    `name` is that of the class or function; `settings` are the attributes of a module by the names of its class's
    parameters, and `arrays` its own by theirs. `where` is the line that called.
    """

    name: str
    path: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    results: Any
    is_module: bool = False
    settings: Mapping[str, Any] = {}
    arrays: Mapping[str, Ref] = {}
    where: str = ""
    in_place: bool = False


class ModuleFact(NamedTuple):
    """A module: its class, the names of its own parameters, and how often it was called."""

    kind: str
    parameters: tuple[str, ...]
    calls: int


class Recording:
    """One pass: `inputs` by name, `tensors` by number, calls in their order, and what came out.

    `batch` is the number of samples, which divides no size of the module. `reads_sizes` says that the program looked at
    the sizes of tensors. `faults` are what could not be recorded as it was, each with its place.
    """

    def __init__(self, name: str, batch: int) -> None:
        self.name = name
        self.batch = batch
        self.version = ""
        self.inputs: dict[str, Ref] = {}
        self.tensors: list[TensorFact] = []
        self.calls: list[Call] = []
        self.outputs: Any = None
        self.modules: dict[str, ModuleFact] = {}
        self.reads_sizes = False
        self.faults: list[tuple[str, str]] = []

    def to_json(self) -> dict[str, Any]:
        """All of it as what JSON can hold."""
        return {
            "name": self.name,
            "batch": self.batch,
            "version": self.version,
            "inputs": {name: ref.tensor for name, ref in self.inputs.items()},
            "tensors": [
                [list(each.shape), each.kind, each.name, each.dtype, each.trained, each.numbers]
                for each in self.tensors
            ],
            "calls": [[_written(part) for part in call] for call in self.calls],
            "outputs": _written(self.outputs),
            "modules": {path: [each.kind, list(each.parameters), each.calls] for path, each in self.modules.items()},
            "reads_sizes": self.reads_sizes,
            "faults": [list(fault) for fault in self.faults],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recording:
        """The recording that `to_json` gave.

        >>> Recording.from_json(Recording("net", 61).to_json()).batch
        61
        """
        found = cls(data["name"], data["batch"])
        found.version = data["version"]
        found.inputs = {name: Ref(number) for name, number in data["inputs"].items()}
        for shape, kind, name, dtype, trained, numbers in data["tensors"]:
            found.tensors.append(TensorFact(tuple(shape), kind, name, dtype, trained=trained, numbers=numbers))
        found.calls = [Call(*(_read(part) for part in call)) for call in data["calls"]]
        found.outputs = _read(data["outputs"])
        found.modules = {
            path: ModuleFact(kind, tuple(names), calls) for path, (kind, names, calls) in data["modules"].items()
        }
        found.reads_sizes = data["reads_sizes"]
        found.faults = [(what, where) for what, where in data["faults"]]
        return found


def refs(value: Any) -> Iterator[Ref]:
    """The tensors in an argument or a result, in their order.

    >>> [ref.tensor for ref in refs([Ref(3), {"a": (Ref(5), 7)}])]
    [3, 5]
    """
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, (list, tuple)) and not isinstance(value, Word):
        for item in value:
            yield from refs(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from refs(item)
    elif isinstance(value, slice):
        yield from refs((value.start, value.stop, value.step))


def _written(value: Any) -> Any:
    """An argument as what JSON can hold: what is no list, number or word is a mapping of one key."""
    if isinstance(value, Ref):
        return {"tensor": value.tensor}
    if isinstance(value, Word):
        return {"word": value.text}
    if isinstance(value, slice):
        return {"slice": [_written(part) for part in (value.start, value.stop, value.step)]}
    if isinstance(value, dict):
        return {"dict": {str(key): _written(item) for key, item in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [_written(item) for item in value]}
    return [_written(item) for item in value] if isinstance(value, list) else value


def _read(value: Any) -> Any:
    """What `_written` was given."""
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, dict):
        return value
    [(kind, held)] = value.items()
    if kind == "tensor":
        return Ref(held)
    if kind == "word":
        return Word(held)
    if kind == "slice":
        return slice(*map(_read, held))
    return {key: _read(item) for key, item in held.items()} if kind == "dict" else tuple(map(_read, held))
