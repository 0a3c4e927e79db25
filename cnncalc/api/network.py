"""Networks, and all that can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.api.drawable import Drawable
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.shapes import MAX_SIZE
from cnncalc.spec.given_inputs import build_at
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from cnncalc.conventions.results import ConventionReport
    from cnncalc.dtypes import DType
    from cnncalc.formulas.explanation import Explanation
    from cnncalc.graph.graph import Graph
    from cnncalc.memory.results import Arena
    from cnncalc.receptive_field.results import FieldReport, LayerFieldReport
    from cnncalc.solve.fitting_results import Fitting
    from cnncalc.solve.results import Solution
    from cnncalc.summary.results import Report
    from cnncalc.watching import Watch


class Network(Drawable):
    """A network of known input size: the graph, and what can be asked of it."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(
            graph.blueprint,
            graph.inputs,
            graph.nodes,
            graph.outputs,
            scopes=graph.scopes,
            follows_sizes=graph.follows_sizes,
            entries=graph.entries,
        )

    def __str__(self) -> str:
        """The summary's table, to the width of the terminal."""
        return str(self.report())

    def _repr_html_(self) -> str:
        """The summary as a notebook shows it."""
        return self.report()._repr_html_()

    def at(
        self,
        input: Any = None,  # noqa: A002 - the words that `load` uses
        *,
        variant: str | None = None,
        set: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Network:
        """The same spec at another input size or with other parameters, without reading it again.

        What is not named here stays as it was given to `load` or an earlier `at`: the layer types, the variant, each
        value of `set`, the shape of each input (one that the new variant does not have is forgotten). An input that
        was never given has the spec's own shape, or the variant's. Raises `CnncalcError`.

        >>> import cnncalc
        >>> cnncalc.load("lenet").at("1x32x32").nodes[0].output_shape
        (6, 32, 32)
        >>> narrow = cnncalc.load("mobilenet", set={"alpha": 0.5}).at("3x96x96")
        >>> narrow.at(set={"classes": 10}).settings, narrow.at(set={"alpha": 1}).inputs
        ({'alpha': 0.5, 'classes': 10}, {'input': (3, 96, 96)})
        """
        from cnncalc import arguments

        blueprint = self.blueprint
        if variant is not None or set is not None:
            blueprint = blueprint.with_settings(arguments.variant_name(variant), arguments.settings(set))
        return Network(build_at(blueprint, input))

    def report(self, batch: int = 1, dtype: DType = "float32") -> Report:
        """Every figure of every layer, and the totals, as plain data.

        Memory is counted for `batch` samples of values of `dtype`, a name such as float16 or NumPy's type.

        >>> import cnncalc
        >>> cnncalc.load("lenet").report().totals.parameters
        61706
        """
        from cnncalc.summary.analysis import analyse

        if type(batch) is not int or not 0 < batch <= MAX_SIZE or type(dtype) is not str or dtype not in DTYPE_BYTES:
            from cnncalc import arguments

            batch = arguments.whole_number("batch", batch, 1)
            dtype = arguments.dtype_name(dtype, list(DTYPE_BYTES))
        return analyse(self, batch=batch, dtype=dtype)

    def count_as(self, convention: str, functions: Sequence[str] = ()) -> ConventionReport:
        """MACs, FLOPs and parameters as another tool counts them, with the difference to ours by kind of layer.

        `convention` is `torchinfo`, `fvcore`, `ptflops`, `ptflops-aten`, `thop`, `ultralytics-thop`, `calflops`,
        `deepspeed`, `onnx-tool` or `torch`. `functions` names layers, scopes or types that the program calls as
        functions (``F.relu``) rather than as modules, which some tools miss. Raises `CnncalcError` for an unknown name.

        >>> import cnncalc
        >>> [flops] = cnncalc.load("resnet18").count_as("fvcore").quantities
        >>> flops.ours, flops.theirs
        (1814073344, 1819065856)
        """
        from cnncalc import arguments
        from cnncalc.conventions.counting import count_as
        from cnncalc.conventions.programs import program_of

        name, functions = arguments.convention_name(convention), arguments.layer_names("functions", functions)
        return count_as(self, name, functions, program_of(self.name, self.blueprint.choice.reference))

    def explain(self, layer: str | None = None) -> Explanation:
        """Every formula of a layer, of the layers of a scope, or of all: with symbols, with numbers, and its result.

        >>> import cnncalc
        >>> [conv] = cnncalc.load("alexnet").explain("conv1").layers
        >>> [line.result for line in conv.formulas if line.left == "H_out"][0]
        55
        """
        from cnncalc import arguments
        from cnncalc.formulas.explanation import explain

        return explain(self, arguments.layer_name(layer))

    def solve(self, layer: str | None = None, output: int | Sequence[int] | str | None = None) -> Solution:
        """The input sizes that give a layer an output of this size, one number for all axes or one for each.

        The layer, or the one whose output a scope has, is unless named the last on the way to the first output whose
        size follows the input's. Also the smallest input, and those at which no pixel is dropped. Raises
        `CnncalcError` for an unknown layer, and where no input gives the size or none was found.

        >>> import cnncalc
        >>> cnncalc.load("alexnet").solve("conv1", 55).axes[0].inputs
        ((227, 230),)
        """
        from cnncalc import arguments
        from cnncalc.solve.solver import solve

        return solve(self, arguments.layer_name(layer), arguments.sizes(output))

    def largest(
        self,
        parameter: str,
        budgets: Mapping[str, int | str],
        *,
        step: float | Decimal | None = None,
        batch: int = 1,
        dtype: DType = "float32",
    ) -> Fitting:
        """The largest value of a parameter with which the totals are within budgets, at this input size.

        `budgets` are the most that totals may be, by name: 300000000 or "300M". Values are whole numbers, or of a
        parameter whose default is a fraction multiples of 0.01, unless `step` is given. Where totals do not grow with
        the parameter, all values of a range are tried, and the result says which. Raises `CnncalcError` for an unknown
        parameter or total, and where nothing fits.

        >>> import cnncalc
        >>> cnncalc.load("mobilenet").largest("alpha", {"macs": "300M"}, step=0.05).value
        0.7
        """
        from cnncalc import arguments
        from cnncalc.solve.fitting import largest_fitting

        blueprint = self.blueprint
        return largest_fitting(
            blueprint.spec,
            blueprint.variant,
            arguments.parameter_name(parameter),
            budgets,
            settings=blueprint.settings,
            override={name: self.layout.external(shape) for name, shape in blueprint.override.items()} or None,
            step=step,
            batch=arguments.whole_number("batch", batch, 1),
            dtype=arguments.dtype_name(dtype, list(DTYPE_BYTES)),
            layers=blueprint.layers,
        )

    def memory(self, batch: int = 1, dtype: DType = "float32", *, align: int = 16, by: str = "best") -> Arena:
        """The activations in one piece of memory: when each tensor is needed, where it lies, and what all take.

        For `batch` samples of values of `dtype`, each tensor at a multiple of `align` bytes. They are placed `by`
        `size`, as TensorFlow Lite Micro does, by `breadth`, or by the `best` of both.

        >>> import cnncalc
        >>> found = cnncalc.load("unet").memory()
        >>> found.size, found.bound, [(plan.name, plan.size) for plan in found.plans]
        (167362560, 167362560, [('size', 244442112), ('breadth', 167362560)])
        """
        from cnncalc import arguments
        from cnncalc.memory.arena import BEST, PLANS, arena

        return arena(
            self,
            batch=arguments.whole_number("batch", batch, 1),
            dtype=arguments.dtype_name(dtype, list(DTYPE_BYTES)),
            align=arguments.whole_number("align", align, 1),
            plan=arguments.plan_name(by, [BEST, *PLANS]),
        )

    def receptive_fields(self) -> FieldReport:
        """The receptive field of every layer.

        >>> import cnncalc
        >>> cnncalc.load("lenet").receptive_fields().layers[2].receptive_field["input"].size
        (14, 14)
        """
        from cnncalc.receptive_field.measure import field_report

        return field_report(self)

    def receptive_field(
        self,
        layer: str | None = None,
        unit: int | Sequence[int] | str | None = None,
        *,
        verify: bool = False,
        watch: Watch = unwatched,
    ) -> LayerFieldReport:
        """The receptive field of a layer and, exactly, the pixels that can change a unit of it.

        The layer, or the one whose output a scope has, is unless named the last with a map of more than one position.
        `unit` is a place on each spatial axis, from 0, or the number of a feature; `"4,7"` is `(4, 7)`. With `verify`
        the pixels are proven by execution, without a unit those of all units; `watch` is called after each execution.
        Raises `CnncalcError` for an unknown layer, where there is no such unit, and for a proof that would take hours.

        >>> import cnncalc
        >>> found = cnncalc.load("lenet").receptive_field("c3", (4, 4), verify=True)
        >>> found.seen.interval["input"], found.proof.ok
        (((6, 19), (6, 19)), True)
        """
        from cnncalc import arguments
        from cnncalc.receptive_field.measure import unit_report

        return unit_report(self, arguments.layer_name(layer), arguments.unit(unit), proven=verify, watch=watch)
