"""The calculator for convolutional networks.

>>> import cnncalc
>>> network = cnncalc.load("alexnet")
>>> network.report().totals.parameters
60965224
"""

from cnncalc.errors import CnncalcError
from cnncalc.loading import load
from cnncalc.network import Network

__version__ = "0.1.0"
__all__ = ["CnncalcError", "Network", "Report", "load"]


def __getattr__(name: str) -> object:
    """`Report`, imported when it is asked for."""
    if name == "Report":
        from cnncalc.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
