"""The way back from an output size, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style
from cnncalc.solve.results import CONGRUENCE_KINDS
from cnncalc.symbolic.rendering import PLAIN_TEXT

if TYPE_CHECKING:
    from cnncalc.solve.results import Congruence, Solution
    from cnncalc.symbolic.floor_forms import FloorForm


def render(found: Solution, style: Style = PLAIN) -> str:
    """The solution as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(found), indent=style.indent)


def as_object(found: Solution) -> dict[str, Any]:
    """The solution with the keys of the JSON."""
    return {
        **head(found),
        "layer": found.layer,
        "output_shape": found.output_shape,
        "axes": [
            {
                **axis._asdict(),
                "closed_form": None if axis.formula is None else PLAIN_TEXT.symbols(axis.formula),
                "following": [following._asdict() for following in axis.following],
            }
            for axis in found.axes
        ],
        "smallest_input": found.smallest and next(iter(found.smallest.values())),
        "smallest_inputs": found.smallest,
        **{kind: [_plain(each) for each in found.congruences if each.kind == kind] for kind in CONGRUENCE_KINDS},
        **({"equal_sizes": [_equation(forms) for forms in found.equal_sizes]} if found.equal_sizes else {}),
        "follows_sizes": found.follows_sizes,
        "fits": [
            {**fit._asdict(), "shapes": fit.shapes and [shape._asdict() for shape in fit.shapes]} for fit in found.fits
        ],
    }


def _equation(forms: dict[str, FloorForm]) -> list[str]:
    """Formulas of sizes that have to be equal."""
    return [PLAIN_TEXT.symbols(form.formula(symbol)) for symbol, form in forms.items()]


def _plain(found: Congruence) -> dict[str, Any]:
    """A congruence with the keys of the JSON."""
    return {
        "symbol": found.symbol,
        "modulus": found.modulus or None,
        "residues": found.residues,
        "least": found.least,
        "first_sizes": found.sizes(),
    }
