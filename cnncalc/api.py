"""Networks: how they are loaded, and all that can be asked of them; the command line asks the same way.

Whatever is asked of a network is imported when it is asked, so that a summary pays for neither NumPy nor the solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.dtypes import DTYPE_BYTES, EXECUTED_DTYPES
from cnncalc.errors import CnncalcError
from cnncalc.graph.graph import Graph
from cnncalc.layers import LAYERS
from cnncalc.shapes import MAX_SIZE
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.sources import as_text, choose
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from decimal import Decimal

    from cnncalc.conventions.results import ConventionReport
    from cnncalc.dtypes import DType
    from cnncalc.engines.results import ImportCheck
    from cnncalc.execution.results import Execution
    from cnncalc.formulas.explanation import Explanation
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer
    from cnncalc.models.pytorch.model import ModuleModel
    from cnncalc.models.stored_arrays import Store
    from cnncalc.receptive_field.results import FieldReport, LayerFieldReport
    from cnncalc.solve.fitting_results import Fitting
    from cnncalc.solve.results import Solution
    from cnncalc.spec.blueprint import Weights
    from cnncalc.spec.sources import Written
    from cnncalc.spec.variant import ChosenVariant
    from cnncalc.summary.results import Report
    from cnncalc.watching import Watch


def load(
    source: Written,
    *,
    input: Any = None,  # noqa: A002 - the word that the spec and the command line use
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    layers: Mapping[str, type[Layer]] | None = None,
    weights: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    opaque: bool = False,
) -> Network:
    """The network of a spec.

    `source` is a path, the name of a bundled architecture or variant, `-` for standard input, or the YAML text itself,
    which is known by its line breaks; or what YAML would give: a dict, or a list of layers, where `Convolution(...)` or
    ``{"layer": Convolution(...), "name": "c1", "from": "input"}`` may stand for an entry.

    `input` replaces the spec's input: `"3x224x224"`, `[3, 224, 224]` or, for several inputs, a dict of such. `variant`
    names one of the spec's variants, and `set` overrides parameters. `layers` are the layer types, for those who add
    their own. `weights` are arrays by name, ``{"conv1.weight": array}``, or the .npz or .safetensors file that has
    them, which is read when the network is executed. `opaque` keeps what cannot be translated of a model's file as
    layers of type `opaque`, of which only the shape is known. Raises `CnncalcError`.

    >>> load("lenet", input="1x32x32").nodes[0].output_shape
    (6, 32, 32)
    >>> from cnncalc.layers import Convolution, ReLU
    >>> load([Convolution(out_channels=16, kernel_size=(3, 5)), ReLU()], input="3x32x32").nodes[-1].output_shape
    (16, 30, 28)
    """
    from cnncalc import arguments

    types = arguments.layer_registry(layers) or LAYERS
    text, types = as_text(source, types)
    choice = choose(text, arguments.variant_name(variant), arguments.settings(set), types)
    if opaque:
        choice.spec.keep_opaque()
    return build(choice, input, types, weights=arguments.weights(weights))


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


def build(
    choice: ChosenVariant,
    override: Any = None,
    layers: Mapping[str, type[Layer]] = LAYERS,
    *,
    relaxed: bool = False,
    weights: Weights | None = None,
) -> Network:
    """The network of a chosen spec, with its own input sizes or with others.

    A `relaxed` one may have inputs that `in_features` and given weights do not fit: it is good for `solve` alone.
    """
    blueprint = Blueprint(choice, layers, weights=weights)
    return Network(build_at(blueprint.relaxed if relaxed else blueprint, override))


class Network(Graph):
    """A network of known input size: the graph, and what can be asked of it."""

    blueprint: Blueprint

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

    def to_yaml(self, *, flat: bool = False) -> str:
        """The YAML of a spec that is this network, at these sizes and with these settings: the same layer by layer.

        Repeated scopes become blocks with parameters, and repeated layers loops, where they expand to exactly the
        layers of the network; `flat`, each layer is an entry. The weights are not in it.

        >>> import cnncalc
        >>> print(cnncalc.load("conv2d(8, 3) | relu", input="3x8x8").to_yaml())
        name: "conv2d(8, 3) | relu"
        input: 3x8x8
        layers:
          - conv2d: {out_channels: 8, kernel_size: 3}
          - relu
        expect: {layers: 2, parameters: 224, macs: 7776}
        <BLANKLINE>
        """
        from cnncalc.structure.spec_text import spec_text

        return spec_text(self, nested=not flat)

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

    def run(
        self,
        array: Any = None,
        *,
        batch: int = 1,
        seed: int = 0,
        dtype: DType = "float32",
        watch: Watch = unwatched,
        layer: str | None = None,
        values: bool = False,
        engine: str = "numpy",
        compare: bool = False,
    ) -> Execution:
        """Execute the network, and hold every real shape and weight count against the computed ones.

        `array` is as in `forward`; without it, `batch` samples are drawn. `dtype`, float32 or float64, is what is
        computed in, and `watch` is called after each layer. What is not as computed is in the report. The output of
        `layer`, a layer or a scope, is returned beside the network's. With `values` the report has the values of that
        layer or, without one, of the inputs and every layer, where they are few enough to read.

        The `engine` "onnxruntime" executes the network written as ONNX, in float32, and takes the package of that name.
        With `compare` NumPy executes it too, on the same values: each layer in the report has its `difference`, the
        largest of its values as a share of the largest, and one above the report's `tolerance` is a fault.

        >>> import cnncalc
        >>> report, outputs = cnncalc.load("lenet").run(batch=2)
        >>> report.ok, outputs["softmax_1"].shape
        (True, (2, 10))
        """
        from cnncalc import arguments
        from cnncalc.execution.executor import execute

        samples = arguments.whole_number("batch", batch, 1)
        seed = arguments.whole_number("seed", seed, 0, arguments.MOST_SEED)
        dtype, layer = arguments.dtype_name(dtype, EXECUTED_DTYPES), arguments.layer_name(layer)
        if arguments.engine_name(engine, dtype, compared=bool(compare)) == "onnxruntime":
            from cnncalc.engines import execution

            with self._stored_weights() as stored:
                return execution.execute(
                    self,
                    array,
                    batch=samples,
                    seed=seed,
                    compared=bool(compare),
                    watch=watch,
                    layer=layer,
                    values=bool(values),
                    weights=stored,
                )
        with self._stored_weights() as stored:
            return execute(
                self,
                array,
                batch=samples,
                seed=seed,
                dtype=dtype,
                watch=watch,
                layer=layer,
                values=bool(values),
                weights=stored,
            )

    def check_import(self, *, seed: int = 0, watch: Watch = unwatched) -> ImportCheck:
        """Execute the ONNX file that the network was loaded from as it is, and hold every layer against its tensor.

        ONNX Runtime executes the file, and NumPy the network, both with the weights of the file on random samples. The
        result has the largest difference of each layer, as a share of the largest value of the tensor. Raises
        `CnncalcError` for a network of another origin, and where ONNX Runtime is not installed or refuses the file.
        """
        from cnncalc import arguments
        from cnncalc.engines.checking import check_import

        seed = arguments.whole_number("seed", seed, 0, arguments.MOST_SEED)
        with self._stored_weights() as stored:
            return check_import(self, stored, seed=seed, watch=watch)

    def forward(self, array: Any = None, seed: int = 0, dtype: DType = "float32") -> Array | dict[str, Array]:
        """Execute the network with the weights given, or with those drawn from `seed`, and return its output.

        `array` has the input's shape, with or without a batch axis before it, and the output is alike; None draws
        one random sample, with a batch axis. Several inputs are given, and several outputs returned, by name. `dtype`,
        float32 or float64, is what is computed in.

        >>> import cnncalc
        >>> cnncalc.load("lenet").forward().shape
        (1, 10)
        """
        from cnncalc import arguments
        from cnncalc.execution.executor import forward

        seed = arguments.whole_number("seed", seed, 0, arguments.MOST_SEED)
        dtype = arguments.dtype_name(dtype, EXECUTED_DTYPES)
        with self._stored_weights() as stored:
            return forward(self, array, seed=seed, dtype=dtype, weights=stored)

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        to: str | None = None,
        seed: int = 0,
        opset: int | None = None,
        batch: int = 1,
        dynamic_batch: bool = False,
        weights: bool = True,
        dtype: DType = "float32",
        watch: Watch = unwatched,
    ) -> None:
        """Write the network as an ONNX file with its weights, or as code; whole or not at all. `-` is standard output.

        `to` says what to write, where the ending of `path` does not: `onnx`, or `pytorch` or `keras` for code, which
        has no weights, and for which nothing else is to be said. Weights are those given, or drawn from `seed`. `opset`
        is the version of the operators, 20 unless given. The file takes `batch` samples, or any number with
        `dynamic_batch`. Without `weights` it has shapes only, and zeros for all values. `dtype` is float32 or float16;
        `watch` is called after each layer. Weights beyond 2 GiB go to a file beside it, of its name and
        ``.data``. Raises `CnncalcError` where a layer has no operator.

        >>> import cnncalc, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "lenet.onnx")
        >>> cnncalc.load("lenet").export(path, weights=False)
        >>> os.path.getsize(path) < 5000
        True
        """
        from cnncalc import arguments
        from cnncalc.exporting.targets import target_of

        file = arguments.path(path)
        target = target_of(file, to)
        if target != "onnx":
            from cnncalc.exporting.code import write_code

            write_code(self, file, target)
            return
        from cnncalc.exporting.onnx import DTYPES, OnnxExport, beside_name

        with self._stored_weights() as stored:
            export = OnnxExport(
                self,
                seed=arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
                weights=stored,
                opset=opset if opset is None else arguments.whole_number("opset", opset, 1),
                batch=arguments.whole_number("batch", batch, 1),
                dynamic_batch=bool(dynamic_batch),
                has_weights=bool(weights),
                dtype=arguments.dtype_name(dtype, DTYPES),
                beside=beside_name(file),
            )
            export.save(file, watch)

    def _stored_weights(self) -> AbstractContextManager[Store | None]:
        """The weights that are given or that the spec names, open; None where they are drawn."""
        weights = self.blueprint.weights
        if weights is None:
            from contextlib import nullcontext

            return nullcontext()
        from cnncalc.interchange.weight_arrays import store_of

        return store_of(*weights)
