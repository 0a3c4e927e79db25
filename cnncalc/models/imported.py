"""The network that a model of another program is, in our types: flat, each layer with the names of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.layers import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.errors import CnncalcError
    from cnncalc.models.stored_arrays import StoredArray
    from cnncalc.shapes import Shape


def layer_name(word: str) -> str:
    """A name for a layer: `_` is put behind the words that `from` takes for what is no layer.

    >>> layer_name("conv1"), layer_name("input"), layer_name("previous")
    ('conv1', 'input_', 'previous_')
    """
    return f"{word}_" if word in ("input", "previous") else word


class FileTensor(NamedTuple):
    """What a tensor of ours is in the model: its name there, and its axes.

    `axes` has for each of our axes, the batch first and then the channels, the number of the axis there; None where
    they are the same. ``(0, 3, 1, 2)`` is a map with its channels last.
    """

    name: str
    axes: tuple[int, ...] | None = None


class ImportedLayer:
    """A layer in our terms, as an entry of a spec would have it.

    `name` is its full name, with dots between scopes; `type` the word that a spec writes, such as ``conv2d``, with
    `options` as plain Python. `inputs` are the names of layers before it, or of the network's inputs. `arrays` are the
    model's own by our names of them (``weight``, ``running_mean``, ``activation.weight``), in our order of axes;
    `share` names the layer whose arrays it uses instead. `shape` is what the model says of the output, channels first
    and without the batch, None where it says nothing; `origin` what the layer is in the model, such as ``Conv
    "/layer1/conv1/Conv"``, for messages. `tensor` is its output in the model, None where it is not one tensor there.
    """

    __slots__ = ("arrays", "inputs", "name", "options", "origin", "shape", "share", "tensor", "type")

    def __init__(
        self,
        name: str,
        type_: str,
        options: Mapping[str, Any],
        inputs: Sequence[str],
        *,
        arrays: Mapping[str, StoredArray] | None = None,
        share: str | None = None,
        shape: Shape | None = None,
        origin: str = "",
        tensor: FileTensor | None = None,
    ) -> None:
        self.name = name
        self.type = type_
        self.options = dict(options)
        self.inputs = list(inputs)
        self.arrays = dict(arrays or {})
        self.share = share
        self.shape = shape
        self.origin = origin
        self.tensor = tensor

    @property
    def is_bare(self) -> bool:
        """Whether weight files have its array under its name alone, as PyTorch has a parameter that is no module's."""
        known = find(self.type) if len(self.arrays) == 1 else None
        return known is not None and known[0].bare_array in self.arrays

    def __repr__(self) -> str:
        return f"<{self.name}: {self.type} {self.options} from {', '.join(self.inputs)}>"


class Imported:
    """A model as a network of ours, at some sizes of its inputs.

    `inputs` are internal shapes by name, `outputs` names of layers or inputs. `description` says in a line what the
    model is (``ONNX, opset 9, by tf2onnx 1.8.4``). `notes` are what a user should know. `follows_sizes` says that
    at other sizes of the inputs the options would be others, so that the model is to be read again. `has_weights` is
    false where the arrays have shapes and no values. `parameters` and `buffers` are what the model itself stores,
    counted without a look at the layers, None where it does not say; `other_numbers` of what else it has may be
    parameters or buffers, too. `input_tensors` are the inputs there, given for those of another name or order of axes.
    `refusal` is the error for what cannot be translated, and is layers of type `opaque` here: a user has to wish that.
    """

    def __init__(
        self,
        name: str,
        inputs: Mapping[str, Shape],
        layers: Sequence[ImportedLayer],
        outputs: Sequence[str],
        *,
        description: str = "",
        notes: Sequence[str] = (),
        follows_sizes: bool = False,
        has_weights: bool = False,
        parameters: int | None = None,
        buffers: int | None = None,
        other_numbers: int = 0,
        input_tensors: Mapping[str, FileTensor] | None = None,
    ) -> None:
        self.name = name
        self.inputs = dict(inputs)
        self.layers = list(layers)
        self.outputs = list(outputs)
        self.description = description
        self.notes = tuple(notes)
        self.follows_sizes = follows_sizes
        self.has_weights = has_weights
        self.parameters = parameters
        self.buffers = buffers
        self.other_numbers = other_numbers
        self.refusal: CnncalcError | None = None
        self.input_tensors = {name: FileTensor(name) for name in inputs} | dict(input_tensors or {})

    def arrays(self) -> dict[str, StoredArray]:
        """All arrays, by the full names under which weight files have them.

        >>> Imported("net", {}, [], []).arrays()
        {}
        """
        return {
            layer.name if layer.is_bare else f"{layer.name}.{name}": array
            for layer in self.layers
            for name, array in layer.arrays.items()
        }
