"""Records a pass through a live module on PyTorch's meta device, which has shapes and no values.

Functions are seen by a `TorchFunctionMode`, modules by hooks for all of them. The module's own tensors stay what and
where they are: each function gets stand-ins of them on the meta device. What is computed of neither inputs nor
parameters, such as a grid of coordinates, is computed in truth, and is a constant.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch import creation, failures, memory, modules
from cnncalc.models.pytorch.frames import calling_line
from cnncalc.models.pytorch.keeping import as_it_was
from cnncalc.models.pytorch.recording import (
    BUFFER,
    CONSTANT,
    INPUT,
    PARAMETER,
    RESULT,
    Call,
    ModuleFact,
    Recording,
    Ref,
    TensorFact,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnncalc.errors import CnncalcError
    from cnncalc.kernels import Array

MOST_NUMBERS: Final = 2**20
"""The most values of a constant that are kept."""
_FIRST_BATCHES: Final = (61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157)

_SIZES: Final = frozenset(("shape", "size", "numel", "dim", "ndim", "nelement", "ndimension", "stride"))
_MOVES: Final = frozenset(("to", "cpu", "cuda"))


class Recorder:
    """The recording as it grows, and the live tensors that stand behind it, by their numbers in it."""

    def __init__(self, module: Any, name: str) -> None:
        self.torch: Any = import_module("torch")
        self.module = module
        self.paths = {id(each): path for path, each in module.named_modules()}
        self.calls_of = dict.fromkeys(self.paths.values(), 0)
        self.live: list[Any] = []
        """The tensor behind each number; kept, so that no other tensor gets its identity."""
        self.numbers: dict[int, int] = {}
        """The number that a tensor has now, by its identity: one changed in place gets another."""
        self.computed: dict[int, tuple[Callable[..., Any], Any, Any]] = {}
        """How what is made of parameters alone is computed."""
        self.stand_ins: dict[int, Any] = {}
        self.storages: dict[int, list[Any]] = {}
        self.stale: dict[int, str] = {}
        self.overwritten: dict[int, tuple[Any, str]] = {}
        """Memory of tensors with values in which something that hangs on an input was put, of which one, and where."""
        self.fixed: set[int] = set()
        """The numbers of tensors that hang on no input."""
        self.scopes: list[str] = []
        self.inside: list[Any] = []
        """The modules that are recorded as a whole and are being executed, the outermost first."""
        self.begun: list[tuple[Any, ...]] = []
        parameters = dict(module.named_parameters(remove_duplicate=False))
        sizes = {size for each in parameters.values() for size in each.shape}
        self.recording = Recording(name, next(n for n in _FIRST_BATCHES if all(size % n for size in sizes)))
        self.recording.version = self.torch.__version__
        for path, each in parameters.items():
            if id(each) not in self.numbers:
                self._add(each, PARAMETER, path, trained=each.requires_grad)
        for path, each in module.named_buffers():
            if each.is_meta and id(each) not in self.numbers:
                self._add(each, BUFFER, path)
        self.buffers = {id(each): path for path, each in module.named_buffers()}
        own = next((each.device for each in parameters.values() if not each.is_meta), None)
        self.device = own or self.torch.device("cpu")

    def record(
        self,
        inputs: Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> Recording:
        """The pass with these inputs, meta tensors with a batch.

        `parameters` names for each the parameter of `forward` that takes it, "" by its position; it takes a dict where
        `keys` has the key in it. The module's mode and attributes are as before, whatever happens.
        """
        named = {name: parameter for name, parameter in (parameters or {}).items() if parameter}
        keys = keys or {}
        recording = self.recording
        for name, tensor in inputs.items():
            recording.inputs[name] = self._add(tensor, INPUT, name)
        with as_it_was(self.module), self._eagerly(), self._watched():
            positional = [tensor for name, tensor in inputs.items() if name not in named]
            keywords: dict[str, Any] = {}
            for name, parameter in named.items():
                if name in keys:
                    keywords.setdefault(parameter, {})[keys[name]] = inputs[name]
                else:
                    keywords[parameter] = inputs[name]
            came_out = self.module(*positional, **keywords)
        recording.outputs = self._encoded(came_out)  # of each tensor itself, not of what stands in for it
        names: dict[str, list[str]] = {}
        for path in dict(self.module.named_parameters()):
            names.setdefault(path.rpartition(".")[0], []).append(path)
        recording.modules = {
            path: ModuleFact(type(each).__name__, tuple(names.get(path, ())), self.calls_of[path])
            for path, each in self.module.named_modules()
        }
        return recording

    def value(self, number: int) -> Any:
        """The live tensor of that number: a parameter, a buffer, a constant, or what is made of these alone."""
        made = self.computed.get(number)
        if made is None:
            return self.live[number]
        function, arguments, keywords = made
        with self.torch.no_grad():
            return function(*self._computed(arguments), **self._computed(keywords))

    def array(self, number: int, dtype: str) -> Array:
        """The values of such a tensor as they are now."""
        import numpy as np

        tensor = self.value(number).detach().cpu()
        wide = tensor.double() if dtype == "float64" else tensor.float()
        return np.array(wide.numpy(), dtype)

    def _computed(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.value(value.tensor)
        if isinstance(value, dict):
            return {key: self._computed(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            return type(value)(self._computed(item) for item in value)
        return value

    def failure(self, error: Exception) -> CnncalcError:
        """The error for one that the module's own code raised in the pass, with the line of it."""
        recording = self.recording
        inputs = {name: recording.tensors[ref.tensor].shape[1:] for name, ref in recording.inputs.items()}
        return failures.failure(recording.name, error, self.scopes[-1] if self.scopes else "", inputs, recording.batch)

    @contextmanager
    def _eagerly(self) -> Iterator[None]:
        """What `torch.compile` made is called as it was before."""
        stance = getattr(self.torch.compiler, "set_stance", None)
        if stance is None:
            yield
            return
        with stance("force_eager"):
            yield

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Modules and functions are recorded."""
        torch, hooks = self.torch, self.torch.nn.modules.module
        base = import_module("torch.overrides").TorchFunctionMode

        def handle(mode: Any, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
            del mode, types
            return self._called(function, arguments, keywords or {})

        mode = type("Recording", (base,), {"__torch_function__": handle})()
        with ExitStack() as stack:
            stack.enter_context(torch.no_grad())
            for handle_ in (
                hooks.register_module_forward_pre_hook(self._unseen(self._entered)),
                hooks.register_module_forward_hook(self._unseen(self._left), with_kwargs=True),
            ):
                stack.callback(handle_.remove)
            stack.enter_context(mode)
            yield

    def _unseen(self, hook: Callable[..., Any]) -> Callable[..., Any]:
        """A hook that asks tensors for their shapes without being recorded itself."""

        def wrapped(*arguments: Any) -> Any:
            with self.torch._C.DisableTorchFunction():
                return hook(*arguments)

        return wrapped

    # -- modules ---------------------------------------------------------------------------------------------------

    def _entered(self, module: Any, arguments: Any) -> None:
        """A module is called."""
        path = self.paths.get(id(module))
        if path is None:  # one that is made in a pass has no name
            path = self.scopes[-1] if self.scopes else ""
        else:
            self.calls_of[path] += 1
        self.scopes.append(path)
        if self.inside or modules.leaf_class(module) is None:
            return
        self.inside.append(module)
        self.begun.append((self._encoded(arguments), calling_line()))

    def _left(self, module: Any, arguments: Any, keywords: Any, result: Any) -> Any:
        """A module returned; what is given back instead of the result is None where it is that."""
        path = self.scopes.pop()
        if not self.inside or self.inside[-1] is not module:
            return None
        self.inside.pop()
        encoded, where = self.begun.pop()
        name = modules.leaf_class(module) or ""
        options = modules.settings(module, name)
        normalised = modules.normalisation(module)
        if normalised is not None:
            options["normalisation"] = normalised
        arrays = {own: self._array(each) for own, each in modules.own_arrays(module).items()}
        in_place = bool(getattr(module, "inplace", False))
        kept = result
        if isinstance(result, self.torch.Tensor) and any(result is each for each in arguments):
            if in_place:
                self._changed(result)
            else:  # what is called later may use the input, and may use this
                kept = result.view_as(result)
        results = self._results(kept, derived=False)
        keywords = {key: self._encoded(each) for key, each in keywords.items()}
        self.recording.calls.append(
            Call(name, path, encoded, keywords, results, True, options, arrays, where, in_place)
        )
        return kept

    # -- functions -------------------------------------------------------------------------------------------------

    def _called(self, function: Any, arguments: Any, keywords: Any) -> Any:
        """A function of PyTorch is called."""
        name = creation.name_of(function)
        if name in _SIZES and not self.inside:
            self.recording.reads_sizes = True
        if name == "device":
            return self.device
        tensors = list(self._tensors((arguments, keywords)))
        if not any(self._follows(each) for each in tensors):
            if name in _MOVES and tensors:
                return creation.moved(self.torch, arguments, keywords)
            return creation.computed(self.torch, self.device, name, function, arguments, keywords)
        if name in creation.LIKE:
            return creation.alike(self.torch, self.device, name, arguments, keywords)
        if self.inside:
            return self._executed(name, function, self._lifted(arguments), self._lifted(keywords))
        return self._recorded(name, function, arguments, keywords)

    def _executed(self, name: str, function: Any, arguments: Any, keywords: Any) -> Any:
        """What a function gives on the meta device."""
        if name in _MOVES:
            return creation.moved(self.torch, arguments, keywords)
        if name == "embedding" and arguments[0].is_floating_point():  # an input whose values were not said to be whole
            arguments = (arguments[0].long(), *arguments[1:])
        return function(*arguments, **keywords)

    def _recorded(self, name: str, function: Any, arguments: Any, keywords: Any) -> Any:
        """A function that no module of PyTorch's own calls: it is executed and recorded."""
        encoded, encoded_keywords = self._encoded(arguments), self._encoded(keywords)
        is_derived = all(self._is_fixed(each) for each in self._tensors((arguments, keywords)))
        where = calling_line()
        lifted = self._lifted(arguments)
        result = self._executed(name, function, lifted, self._lifted(keywords))
        in_place = creation.is_in_place(function, keywords)
        if in_place:
            self._changed(lifted[0], (function, arguments, keywords) if is_derived else None)
        elif any(True for _ in self._tensors(keywords.get("out"))):
            self.recording.faults.append(("what it gives is written into the tensor `out`", where))
        came_out = lifted[0] if name == "__setitem__" else result
        if next(self._tensors(came_out), None) is None:
            return result
        results = self._results(came_out, derived=is_derived and not in_place)
        if is_derived and not in_place and isinstance(results, Ref):
            self.computed[results.tensor] = (function, self._unread(arguments), self._unread(keywords))
        if in_place and isinstance(results, Ref) and not arguments[0].is_meta:
            self.overwritten[memory.storage(arguments[0])] = arguments[0], where
        path = self.scopes[-1] if self.scopes else ""
        call = Call(name, path, encoded, encoded_keywords, results, where=where, in_place=in_place)
        self.recording.calls.append(call)
        return result

    # -- tensors ---------------------------------------------------------------------------------------------------

    def _follows(self, tensor: Any) -> bool:
        """Whether a tensor hangs on inputs or parameters, or has no values."""
        if tensor.is_meta or self._overwritten(tensor):
            return True
        number = self.numbers.get(id(tensor))
        return number is not None and self.recording.tensors[number].kind not in (BUFFER, CONSTANT)

    def _overwritten(self, tensor: Any) -> tuple[Any, str] | None:
        """Which tensor of the memory of one with values was changed, and where; None where none was."""
        if not self.overwritten or tensor.is_meta:
            return None
        return self.overwritten.get(memory.storage(tensor))

    def _is_fixed(self, tensor: Any) -> bool:
        if self._overwritten(tensor):
            return False
        number = self.numbers.get(id(tensor))
        if number is None:
            return not tensor.is_meta
        return number in self.fixed

    def _add(self, tensor: Any, kind: str, name: str = "", *, trained: bool = True) -> Ref:
        """A tensor that is met for the first time, or has changed."""
        recording = self.recording
        number = len(recording.tensors)
        dtype = str(tensor.dtype).removeprefix("torch.")
        fact = TensorFact(tuple(tensor.shape), kind, name, dtype, trained=trained)
        recording.tensors.append(fact)
        self.live.append(tensor)
        self.numbers[id(tensor)] = number
        if kind in (PARAMETER, BUFFER, CONSTANT):
            self.fixed.add(number)
        if tensor.is_meta:
            self.storages.setdefault(memory.storage(tensor), []).append(tensor)
        return Ref(number)

    def _ref(self, tensor: Any) -> Ref:
        """A tensor that is an argument."""
        changed = self._overwritten(tensor)
        if changed is not None:
            if changed[0] is tensor:
                return self._ref(self._stand_in(tensor))
            fault = f"a tensor is used that was changed in place as a view, at {changed[1]}"
            self.recording.faults.append((fault, calling_line()))
        number = self.numbers.get(id(tensor))
        if number is not None:
            if id(tensor) in self.stale:
                self.recording.faults.append((self.stale.pop(id(tensor)), calling_line()))
            return Ref(number)
        if tensor.is_meta:
            self.recording.faults.append(("a tensor comes from where nothing is seen", calling_line()))
            return self._add(tensor, CONSTANT)
        return self._add(tensor, CONSTANT, self.buffers.get(id(tensor), ""))

    def _array(self, tensor: Any) -> Ref:
        """An array of a layer: a buffer of it is no constant."""
        path = self.buffers.get(id(tensor))
        return self._ref(tensor) if path is None or id(tensor) in self.numbers else self._add(tensor, BUFFER, path)

    def numbers_of(self, number: int) -> Any:
        """The values of a constant, nested; one number where all are equal, None where they are too many."""
        tensor = self.live[number].detach()
        if tensor.is_meta:
            return None
        if tensor.numel() > 1 and not any(tensor.stride()):
            return tensor.as_strided((), ()).item()
        if tensor.dim() and tensor.shape[0] == self.recording.batch:
            if not bool((tensor[:1] == tensor).all()):
                return None
            tensor = tensor[:1]
        return tensor.tolist() if tensor.numel() <= MOST_NUMBERS else None

    def _results(self, value: Any, *, derived: bool) -> Any:
        """What came out, each tensor of which is a new one."""
        if isinstance(value, self.torch.Tensor):
            ref = self._add(value, RESULT)
            if derived:
                self.fixed.add(ref.tensor)
            return ref
        if isinstance(value, (tuple, list)):
            return tuple(self._results(item, derived=derived) for item in value)
        return _plain(value)

    def _changed(self, tensor: Any, change: tuple[Callable[..., Any], Any, Any] | None = None) -> None:
        """A tensor was changed in place: others that see the same memory are no longer what was recorded.

        Where the `change` hangs on no input, those that hang on none either are computed with it.
        """
        where = calling_line()
        for other in {id(each): each for each in self.storages.get(memory.storage(tensor), ())}.values():
            if other is tensor or not memory.overlap(other, tensor, self.recording.batch):
                continue
            number = self.numbers.get(id(other))
            if change is not None and number in self.computed:
                self._derived_anew(other, number, tensor, change)
            else:
                self.stale[id(other)] = f"a tensor is used that was changed in place as a view, at {where}"

    def _derived_anew(self, whole: Any, number: int, part: Any, change: tuple[Callable[..., Any], Any, Any]) -> None:
        """Record that of an array made of parameters a part that is seen as another tensor was changed in place."""
        function, (_, *arguments), keywords = change
        place = (tuple(part.shape), part.stride(), part.storage_offset() - whole.storage_offset())
        layout = (tuple(whole.shape), whole.stride())
        arguments, keywords = self._unread(list(arguments)), self._unread(keywords)

        def changed(values: Any, arguments: Any, keywords: Any) -> Any:
            copy = self.torch.empty_strided(*layout, dtype=values.dtype).copy_(values)
            function(copy.as_strided(*place), *arguments, **keywords)
            return copy

        before = Ref(number)
        after = self._add(whole, RESULT)
        self.fixed.add(after.tensor)
        self.computed[after.tensor] = (changed, (before, arguments, keywords), {})
        path = self.scopes[-1] if self.scopes else ""
        self.recording.calls.append(Call("part changed in place", path, (before,), {}, after, where=calling_line()))

    def _lifted(self, value: Any) -> Any:
        """An argument with its tensors on the meta device."""
        if isinstance(value, self.torch.Tensor):
            return value if value.is_meta else self._stand_in(value)
        if type(value) in (list, tuple):
            return type(value)([self._lifted(item) for item in value])
        if isinstance(value, dict):
            return {key: self._lifted(item) for key, item in value.items()}
        if isinstance(value, slice):
            return slice(*map(self._lifted, (value.start, value.stop, value.step)))
        return value

    def _stand_in(self, tensor: Any) -> Any:
        """A tensor without values in place of one with."""
        found = self.stand_ins.get(id(tensor))
        if found is None:
            found = self.stand_ins[id(tensor)] = (tensor.detach().to("meta"), tensor)
        return found[0]

    def _tensors(self, value: Any) -> Iterator[Any]:
        """All tensors in arguments."""
        if isinstance(value, self.torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            for item in value:
                yield from self._tensors(item)
        elif isinstance(value, dict):
            for item in value.values():
                yield from self._tensors(item)

    def _encoded(self, value: Any) -> Any:
        """An argument, or what came out in the end, as a plain value with references to tensors."""
        if isinstance(value, self.torch.Tensor):
            return self._ref(value)
        if isinstance(value, dict):
            return {str(key): self._encoded(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)) and not isinstance(value, self.torch.Size):
            parts = [self._encoded(item) for item in value]
            return parts if isinstance(value, list) else tuple(parts)
        if isinstance(value, slice):
            return slice(*map(self._encoded, (value.start, value.stop, value.step)))
        if hasattr(value, "__dataclass_fields__"):
            return {name: self._encoded(getattr(value, name)) for name in value.__dataclass_fields__}
        return _plain(value)

    def _unread(self, value: Any) -> Any:
        """As `_encoded`, with everything else as it is, to be called again."""
        if isinstance(value, self.torch.Tensor):
            return Ref(self.numbers[id(value)]) if id(value) in self.numbers else value
        if type(value) in (list, tuple):
            return type(value)(self._unread(item) for item in value)
        return {key: self._unread(item) for key, item in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    """An argument that is no tensor, as a plain value."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item) for item in value)
    return Word("..." if value is Ellipsis else str(value).partition(" ")[0][:60])
