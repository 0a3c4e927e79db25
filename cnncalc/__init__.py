"""The calculator for convolutional networks.

>>> import cnncalc
>>> network = cnncalc.load("alexnet")
>>> network.report().totals.parameters
60965224
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it; typing itself would be imported before Ctrl-C is handled
if TYPE_CHECKING:
    from typing import Any, Final

    from cnncalc.api.loading import load
    from cnncalc.api.modules import from_torch
    from cnncalc.api.network import Network
    from cnncalc.checking.check import check
    from cnncalc.comparison.compare import compare
    from cnncalc.errors import CnncalcError, LayerError
    from cnncalc.layers.description import layer_types
    from cnncalc.pages.page import page
    from cnncalc.spec.listing import architectures
    from cnncalc.summary.results import Report
    from cnncalc.sweeping.sweep import sweep
    from cnncalc.version import __version__ as __version__

__all__ = [
    "CnncalcError",
    "LayerError",
    "Network",
    "Report",
    "architectures",
    "check",
    "compare",
    "from_torch",
    "layer_types",
    "load",
    "page",
    "sweep",
]

_HOMES: Final = {
    "__version__": "version",
    "CnncalcError": "errors",
    "LayerError": "errors",
    "Network": "api.network",
    "Report": "summary.results",
    "architectures": "spec.listing",
    "check": "checking.check",
    "compare": "comparison.compare",
    "from_torch": "api.modules",
    "layer_types": "layers.description",
    "load": "api.loading",
    "page": "pages.page",
    "sweep": "sweeping.sweep",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: the command line wants to be there before them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
