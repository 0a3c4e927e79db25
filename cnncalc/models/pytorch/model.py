"""A PyTorch module as a model: recorded at the sizes that are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.models.model import Model
from cnncalc.models.pytorch.given import given_inputs
from cnncalc.models.pytorch.recorder import Recorder
from cnncalc.models.pytorch.translation import Translator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.imported import Imported
    from cnncalc.models.pytorch.recording import Recording
    from cnncalc.shapes import Shape


class ModuleModel(Model):
    """A live module, recorded again wherever its inputs have other sizes.

    `input` is as `from_torch` takes it. With `opaque` calls that no layer is become layers of that type;
    `has_values` is false where what the arrays hold means nothing. Raises `CnncalcError`.
    """

    medium = "the module"

    def __init__(
        self, module: Any, input_: Any, name: str | None = None, *, opaque: bool = False, has_values: bool = True
    ) -> None:
        module = unwrapped(module)
        check_module(module)
        self.given = given_inputs(module, input_)
        name = name or type(module).__name__
        super().__init__(name, name, {each: found.shape for each, found in self.given.items()})
        self.module = module
        self.opaque = opaque
        arrays = (*module.parameters(), *module.buffers())
        self.has_values = has_values and not any(each.is_meta for each in arrays)

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        """The network that a pass at these sizes is."""
        recorder = Recorder(self.module, self.name)
        recording = self.recorded(recorder, inputs)
        translator = Translator(recording, recorder)
        translator.arrays.have_values = self.has_values
        return translator.translated(opaque=self.opaque)

    def recorded(self, recorder: Recorder, inputs: Mapping[str, Shape]) -> Recording:
        """The pass at these sizes."""
        torch, batch = recorder.torch, recorder.recording.batch
        tensors, parameters, keys = {}, {}, {}
        for name, shape in inputs.items():
            given = self.given[name]
            tensors[name] = torch.empty((batch, *shape), dtype=getattr(torch, given.dtype), device="meta")
            parameters[name] = given.parameter
            if given.key:
                keys[name] = given.key
        try:
            return recorder.record(tensors, parameters, keys)
        except CnncalcError:
            raise
        except Exception as error:
            raise recorder.failure(error) from error


def unwrapped(module: Any) -> Any:
    """The module that `torch.compile` or a parallel run was given."""
    while True:
        if hasattr(module, "_orig_mod"):
            module = module._orig_mod
        elif type(module).__name__ in _PARALLEL and hasattr(module, "module"):
            module = module.module
        else:
            return module


_PARALLEL: Final = ("DataParallel", "DistributedDataParallel", "FullyShardedDataParallel")


def check_module(module: Any) -> None:
    """Raise `CnncalcError` for what is no module whose calls can be seen."""
    try:
        torch = import_module("torch")
    except ImportError:
        fact = f"{type(module).__name__} is no module of PyTorch, which is not installed"
        raise CnncalcError(fact, hint="pip install torch") from None
    if not isinstance(module, torch.nn.Module):
        raise _no_module(module)
    for path, each in module.named_modules():
        what = f"`{path}` of {type(module).__name__} is" if path else "this is"
        if isinstance(each, torch.jit.ScriptModule):
            raise CnncalcError(f"{what} a scripted module, whose calls are not seen", hint=_MADE_OF)
        if ".quantized" in type(each).__module__:
            raise CnncalcError(f"{what} a quantised {type(each).__name__}, whose calls have no values", hint=_BEFORE)
    lazy = [name for name, each in module.named_parameters() if hasattr(each, "materialize")]
    if lazy:
        hint = "call the module once with a batch before"
        raise CnncalcError(f"`{lazy[0]}` of {type(module).__name__} has no shape yet", hint=hint)


_MADE_OF: Final = "give the module that it was made of"
_BEFORE: Final = "give the module as it was before it was quantised"


def _no_module(given: Any) -> CnncalcError:
    """The error for what is no module."""
    if isinstance(given, type):
        hint = "a class is called first, as in from_torch(Net(), ...)"
        return CnncalcError(f"`module` takes a torch.nn.Module, not {given.__name__}", hint=hint)
    known = {
        "OrderedDict": "these are weights: make the module, and give them to its load_state_dict()",
        "dict": "these may be weights: make the module, and give them to its load_state_dict()",
        "str": "cnncalc.load() reads files, and `cnncalc import MODULE:NAME` names a module as code",
        "ExportedProgram": _MADE_OF,
    }
    kind = type(given).__name__
    return CnncalcError(f"`module` takes a torch.nn.Module, and this is of type {kind}", hint=known.get(kind))
