"""Networks of live modules: of PyTorch's, given or named as code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.api.network import Network
from cnncalc.errors import CnncalcError
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.model import ModuleModel


def from_torch(
    module: Any,
    input: Any,  # noqa: A002 - the word that the spec and the command line use
    *,
    opaque: bool = False,
) -> Network:
    """The network that a PyTorch module is, by one pass in evaluation mode on the meta device, without values.

    `input` is a shape without the batch, ``"3x224x224"`` or ``[3, 224, 224]``, or a tensor, whose first axis is the
    batch; several are a dict by the names of `forward`'s parameters, or a list. The module stays as it is, and its
    arrays are the network's weights: ``from_torch(m, x).forward(array)`` is what ``m(array)`` is. At other sizes the
    module is recorded again. Modules that the pass never calls are told in `notes`; with `opaque` what no layer is
    becomes a layer of that type. Raises `CnncalcError`, which tells of all such calls without it.
    """
    from cnncalc.models.pytorch.model import ModuleModel

    return _of_module(ModuleModel(module, input, opaque=bool(opaque)))


def from_code(
    target: str,
    input: Any,  # noqa: A002
    set: Mapping[str, Any] | None = None,  # noqa: A002
    *,
    weights: bool = False,
    opaque: bool = False,
) -> Network:
    """As `from_torch`, of the module that ``package.module:name`` is, or gives when it is called with `set` by name.

    This imports the module of Python. Its weights are drawn where `weights` says so, and are otherwise not had. Raises
    `CnncalcError`.
    """
    from cnncalc.models.pytorch.importing import module_model

    return _of_module(module_model(target, input, set, weights=weights, opaque=opaque))


def _of_module(model: ModuleModel) -> Network:
    """The network of a PyTorch module, its arrays counted as PyTorch counts them."""
    from cnncalc.spec.model_specs import ModelSpec, spec_of
    from cnncalc.spec.variant import ChosenVariant

    network = Network(build_at(Blueprint(ChosenVariant(spec_of(model)))))
    spec = network.blueprint.spec
    imported = spec.imported if isinstance(spec, ModelSpec) else None
    if imported is not None and imported.parameters is not None and imported.buffers is not None:
        ours = network.parameters + network.frozen + network.buffers
        theirs = imported.parameters + imported.buffers
        if ours != theirs:
            fact = f"{model.name}: its layers have {ours:,} values in arrays here, and {theirs:,} in PyTorch"
            raise CnncalcError(fact, hint="the module is not understood as it is meant; please report it")
    return network
