"""The error function and its complement, which NumPy lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array

BLOCK: Final = 2**15
"""Values computed at once, so that the intermediate arrays stay in the cache."""

LARGEST: Final = 28.0
"""erfc is below the smallest float of 64 bits from here on."""

# The rational approximations of S. L. Moshier, Methods and Programs for Mathematical Functions, 1989 (Cephes,
# ndtr.c): erf(x) = x T(x^2) / U(x^2) below 1, erfc(x) = exp(-x^2) P(x) / Q(x) from 1 to 8, and R / S beyond.
_T: Final = (
    9.60497373987051638749e0,
    9.00260197203842689217e1,
    2.23200534594684319226e3,
    7.00332514112805075473e3,
    5.55923013010394962768e4,
)
_U: Final = (
    1.0,
    3.35617141647503099647e1,
    5.21357949780152679795e2,
    4.59432382970980127987e3,
    2.26290000613890934246e4,
    4.92673942608635921086e4,
)
_P: Final = (
    2.46196981473530512524e-10,
    5.64189564831068821977e-1,
    7.46321056442269912687e0,
    4.86371970985681366614e1,
    1.96520832956077098242e2,
    5.26445194995477358631e2,
    9.34528527171957607540e2,
    1.02755188689515710272e3,
    5.57535335369399327526e2,
)
_Q: Final = (
    1.0,
    1.32281951154744992508e1,
    8.67072140885989742329e1,
    3.54937778887819891062e2,
    9.75708501743205489753e2,
    1.82390916687909736289e3,
    2.24633760818710981792e3,
    1.65666309194161350182e3,
    5.57535340817727675546e2,
)
_R: Final = (
    5.64189583547755073984e-1,
    1.27536670759978104416e0,
    5.01905042251180477414e0,
    6.16021097993053585195e0,
    7.40974269950448939160e0,
    2.97886665372100240670e0,
)
_S: Final = (
    1.0,
    2.26052863220117276590e0,
    9.39603524938001434673e0,
    1.20489539808096656605e1,
    1.70814450747565897222e1,
    9.60896809063285878198e0,
    3.36907645100081516050e0,
)


def erfc(x: Array) -> Array:
    """``1 - erf(x)`` to the precision of the array's type, computed in double precision.

    >>> erfc(np.array([0.0, 6.0]))
    array([1.00000000e+00, 2.15197367e-17])
    """
    output = np.empty(x.shape, x.dtype)
    source, target = np.ascontiguousarray(x).reshape(-1), output.reshape(-1)
    for start in range(0, source.size, BLOCK):
        target[start : start + BLOCK] = _erfc(source[start : start + BLOCK].astype(np.float64))
    return output


def erf(x: Array) -> Array:
    """The error function to the precision of the array's type, computed in double precision.

    >>> erf(np.array([0.0, 1e-20, 6.0]))
    array([0.00000000e+00, 1.12837917e-20, 1.00000000e+00])
    """
    wide = x.astype(np.float64)
    near = np.abs(wide) < 1
    small = np.where(near, wide, 0.0)
    output = np.where(near, small * _ratio(small * small, _T, _U), 1 - erfc(wide))
    return output.astype(x.dtype)


def _erfc(x: Array) -> Array:
    size = np.minimum(np.abs(x), LARGEST)
    output = np.empty_like(x)
    near, far = size < 1, size >= 8
    between = ~(near | far)
    small = x[near]
    square = small * small
    output[near] = 1 - small * _ratio(square, _T, _U)
    for chosen, above, below in ((between, _P, _Q), (far, _R, _S)):
        tail = size[chosen]
        tail = np.exp(-tail * tail) * _ratio(tail, above, below)
        output[chosen] = np.where(x[chosen] < 0, 2 - tail, tail)
    return output


def _ratio(x: Array, above: tuple[float, ...], below: tuple[float, ...]) -> Array:
    """The quotient of two polynomials, whose coefficients begin with the highest power."""
    ratio: Array = np.polyval(above, x) / np.polyval(below, x)
    return ratio
