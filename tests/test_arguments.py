"""What is given at the public door: what is wrong is told with the whole text, what is meant is taken."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml

import cnncalc
from cnncalc import CnncalcError
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

DOOR: Any = cnncalc
"""The public names, whatever they may be given."""

LENET: Any = cnncalc.load("lenet")
IMAGE = np.zeros((1, 28, 28))
RELU = "input: 4\nlayers: [relu]\n"
PAIR = "inputs: {a: 3, b: 3}\nlayers: [add: {from: [a, b]}]\n"

SOURCE = "takes a path, the name of a bundled architecture or the text of a spec, not"
SET = "`set` takes a dict of parameters by name, such as {'width': 64}, not"
LAYERS_WANTED = "`layers` takes a dict of layer types by name, such as {**LAYERS, 'mine': Mine}, not"
BATCH = "`batch` takes a whole number from 1 to 2147483647, not"
SEED = "`seed` takes a whole number from 0 to 18446744073709551615, not"
COUNTED = "`dtype` takes float64, float32, bfloat16, float16 or int8, not"
EXECUTED = "`dtype` takes float32 or float64, not"
LAYER = "`layer` takes the name of a layer or a scope, not"
OUTPUT = "`output` takes a size such as 55, (55, 27) or '55x27', not"
UNIT = "`unit` takes a number for each axis, such as (4, 7), not"
COUNT = "is not a count such as 5000000, 5M or 1.5G"

NO_COUNTS: list[Any] = [-1, 1.5, True, None, [], "", "-1", "1e6", float("nan"), float("inf")]

WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: DOOR.load(3), f"`source` {SOURCE} 3"),
    (lambda: DOOR.load(None), f"`source` {SOURCE} None"),
    (lambda: DOOR.load(b"lenet"), f"`source` {SOURCE} b'lenet'\nhint: decode it: it has to be a str"),
    (
        lambda: DOOR.load(LENET),
        f"`source` {SOURCE} <Network LeNet-5: 9 layers, input 1 x 28 x 28>\n"
        "hint: give what the network was loaded from; `at` gives it at another size",
    ),
    (lambda: DOOR.load("lenet", variant=[]), "`variant` takes the name of a variant, not []"),
    (lambda: DOOR.load("lenet", variant=0), "`variant` takes the name of a variant, not 0"),
    (lambda: DOOR.load("lenet", variant=""), "lenet.yaml has no variant ``\nhint: it has no variants"),
    (lambda: DOOR.load("lenet", set=[]), f"{SET} []"),
    (lambda: DOOR.load("lenet", set={1: 2}), f"{SET} {{1: 2}}"),
    (lambda: DOOR.load("lenet", set="a=1"), f"{SET} 'a=1'"),
    (lambda: DOOR.load("lenet", layers=[]), f"{LAYERS_WANTED} []"),
    (lambda: DOOR.load("lenet", layers={"mine": int}), f"{LAYERS_WANTED} {{'mine': <class 'int'>}}"),
    (
        lambda: DOOR.load("lenet", input=True),
        "the shape of `input` must be a shape such as 3x224x224, not true\nhint: such as 1x28x28",
    ),
    (
        lambda: DOOR.load("lenet", input=[]),
        "the shape of `input` must have 1 to 4 sizes, without the batch, not 0\nhint: such as 1x28x28",
    ),
    (
        lambda: DOOR.load(PAIR, input=3),
        "<text> has several inputs\nhint: give each by its name, as NAME=SHAPE or in a dict: a, b",
    ),
    (lambda: LENET.at(variant=[]), "`variant` takes the name of a variant, not []"),
    (lambda: LENET.at(variant=""), "lenet.yaml has no variant ``\nhint: it has no variants"),
    (lambda: LENET.at(set=3), f"{SET} 3"),
    (lambda: LENET.report(batch=1.5), f"{BATCH} 1.5"),
    (lambda: LENET.report(batch=True), f"{BATCH} True"),
    (lambda: LENET.report(batch="8"), f"{BATCH} '8'"),
    (lambda: LENET.report(batch=None), f"{BATCH} None"),
    (lambda: LENET.report(batch=0), f"{BATCH} 0"),
    (lambda: LENET.report(batch=10**5000), f"{BATCH} a huge number"),
    (lambda: LENET.report(batch=[10**5000]), f"{BATCH} a list"),
    (lambda: LENET.report(dtype=None), f"{COUNTED} None"),
    (lambda: LENET.report(dtype="float23"), f"{COUNTED} 'float23'"),
    (lambda: LENET.report(dtype=float), f"{COUNTED} <class 'float'>"),
    (lambda: LENET.report(dtype=["int8"]), f"{COUNTED} ['int8']"),
    (lambda: LENET.run(batch=2.0), f"{BATCH} 2.0"),
    (lambda: LENET.run(dtype="float16"), f"{EXECUTED} 'float16'"),
    (lambda: LENET.run(seed="1"), f"{SEED} '1'"),
    (lambda: LENET.forward(dtype=np.float16), f"{EXECUTED} <class 'numpy.float16'>"),
    (lambda: LENET.forward(seed=None), f"{SEED} None"),
    (lambda: LENET.forward(seed=1.5), f"{SEED} 1.5"),
    (lambda: LENET.forward(seed=-1), f"{SEED} -1"),
    (lambda: LENET.forward({"inp": IMAGE}), "LeNet-5 has no input `inp`\nhint: did you mean `input`?"),
    (lambda: LENET.forward({3: IMAGE}), "LeNet-5 has no input `3`\nhint: inputs: input"),
    (lambda: LENET.forward({"input": IMAGE, "x": 1}), "LeNet-5 has no input `x`\nhint: inputs: input"),
    (lambda: LENET.forward({}), "LeNet-5 has the input `input`, and no array is given for it"),
    (lambda: LENET.forward("abc"), "`input` holds <U3, not real numbers"),
    (
        lambda: DOOR.load(PAIR).forward([1, 2, 3]),
        "<text> has several inputs, and one array is given\nhint: give a dict of arrays by the names of inputs: a, b",
    ),
    (lambda: DOOR.load(PAIR).forward({"a": [1, 2, 3]}), "<text> has the input `b`, and no array is given for it"),
    (lambda: LENET.explain([]), f"{LAYER} []"),
    (lambda: LENET.explain(0), f"{LAYER} 0"),
    (
        lambda: LENET.explain(""),
        "LeNet-5 has no layer ``\nhint: layers: input, c1, s2, c3, s4, flatten_1, c5, f6, output, softmax_1",
    ),
    (lambda: LENET.solve([], 28), f"{LAYER} []"),
    (lambda: LENET.solve("c1", 1.5), f"{OUTPUT} 1.5"),
    (lambda: LENET.solve("c1", (28.0, 28)), f"{OUTPUT} (28.0, 28)"),
    (lambda: LENET.solve("c1", "28;30"), f"{OUTPUT} '28;30'"),
    (lambda: LENET.solve("c1", []), f"{OUTPUT} []"),
    (lambda: LENET.solve("c1", {28}), f"{OUTPUT} {{28}}"),
    (lambda: LENET.solve("c1", True), f"{OUTPUT} True"),
    (lambda: LENET.solve("c1", 0), "`output` must have sizes from 1 to 2147483647, not 0"),
    (lambda: LENET.receptive_field(3), f"{LAYER} 3"),
    (lambda: LENET.memory(by="fast"), "`by` takes `best`, `size` or `breadth`, not 'fast'"),
    (lambda: LENET.memory(align=0), "`align` takes a whole number from 1 to 2147483647, not 0"),
    (
        lambda: LENET.receptive_field("c1", 4),
        "the unit 4 has 1 number, and `c1` is 6 x 28 x 28\nhint: give a place as Y,X",
    ),
    (lambda: LENET.receptive_field("c1", (1.5, 0)), f"{UNIT} (1.5, 0)"),
    (lambda: LENET.receptive_field("c1", (True, 0)), f"{UNIT} (True, 0)"),
    (lambda: LENET.receptive_field("c1", ()), f"{UNIT} ()"),
    (lambda: LENET.receptive_field("c1", {"y": 4}), f"{UNIT} {{'y': 4}}"),
    (lambda: LENET.receptive_field("c1", (10**20, 0)), f"{UNIT} (100000000000000000000, 0)"),
    (lambda: LENET.receptive_field("c1", "4;7"), "`unit` takes numbers from 0 such as 4,7, not '4;7'"),
    (lambda: LENET.receptive_field("c1", "9" * 21), "`unit` 99999999999999999999... is beyond every axis"),
    (
        lambda: LENET.receptive_field("c1", (-1, 0)),
        "there is no unit -1,0 in `c1`, which is 6 x 28 x 28: its height is 28, and -1 is asked for\n"
        "hint: its units are 0,0 to 27,27",
    ),
    (
        lambda: DOOR.architectures(["x"]),
        "`architectures` takes words, not ['x']\nhint: give each as an argument of its own: architectures(*names)",
    ),
    (lambda: DOOR.architectures(3), "`architectures` takes words, not 3"),
    (
        lambda: DOOR.architectures("qqqq"),
        "no bundled architecture matches `qqqq`\nhint: `cnncalc list` or cnncalc.architectures() lists what is bundled",
    ),
    (
        lambda: DOOR.layer_types([]),
        "`layer_types` takes names of layer types, not []\n"
        "hint: give each as an argument of its own: layer_types(*names)",
    ),
    (lambda: DOOR.layer_types(None), "`layer_types` takes names of layer types, not None"),
    (
        DOOR.check,
        "there is nothing to check\n"
        "hint: give one source or more, each a path, the name of a bundled architecture or the text of a spec",
    ),
    (
        lambda: DOOR.check(["lenet"]),
        f"`sources` {SOURCE} ['lenet']\nhint: give each as an argument of its own: check(*sources)",
    ),
    (
        lambda: DOOR.check(LENET),
        f"`sources` {SOURCE} <Network LeNet-5: 9 layers, input 1 x 28 x 28>\n"
        "hint: give what the network was loaded from; `at` gives it at another size",
    ),
    (lambda: DOOR.check("lenet", variant=1), "`variant` takes the name of a variant, not 1"),
    (lambda: DOOR.check("lenet", set=[]), f"{SET} []"),
    (
        lambda: DOOR.check("lenet", budgets=[]),
        "`budgets` takes a dict of counts by the names of totals, such as {'macs': 1_000_000}, not []",
    ),
    *(
        (partial(DOOR.check, "lenet", budgets={"macs": value}), f"the budget of `macs`, {value!r}, {COUNT}")
        for value in NO_COUNTS
    ),
    (
        lambda: DOOR.check("lenet", budgets={"macs": "1.5"}),
        f"the budget of `macs`, '1.5', {COUNT}: without a prefix it is whole",
    ),
]  # fmt: skip


@every_row(("call", "text"), WRONG, ids=[text for _, text in WRONG])
def test_what_is_wrong_is_said_in_words_of_python(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(CnncalcError) as error:
        call()
    assert str(error.value) == f"error: {text}"


def test_an_array_that_is_none_is_refused_with_what_numpy_says() -> None:
    with pytest.raises(CnncalcError, match="`input` is no array: setting an array element with a sequence"):
        LENET.forward([[1], [1, 2]])


SAME: list[tuple[Callable[[], Any], Any]] = [
    (lambda: DOOR.load(Path("lenet")).inputs, LENET.inputs),
    (lambda: DOOR.load("lenet", layers=None, set=None, variant=None).inputs, LENET.inputs),
    (lambda: DOOR.load("lenet", input=np.array([1, 32, 32])).inputs, {"input": (1, 32, 32)}),
    (lambda: DOOR.load("lenet", input=(np.int64(1), 32, 32)).inputs, {"input": (1, 32, 32)}),
    (lambda: DOOR.load(yaml.safe_dump({"input": 4, "layers": ["relu"]}, sort_keys=False)).parameters, 0),
    (lambda: DOOR.load("mobilenet", set={"alpha": np.float32(0.5)}).settings, {"alpha": 0.5}),
    (lambda: LENET.report(batch=np.int8(3)).batch_size, 3),
    (lambda: LENET.report(dtype=np.float16).dtype, "float16"),
    (lambda: LENET.report(dtype=np.dtype(">f4")).dtype, "float32"),
    (lambda: np.asarray(LENET.forward(dtype=np.float64)).dtype, np.float64),
    (lambda: np.asarray(LENET.forward(dtype="float32")).dtype, np.float32),
    (lambda: LENET.solve("c1", "28").axes, LENET.solve("c1", 28).axes),
    (lambda: LENET.solve("c1", "28x30").axes, LENET.solve("c1", (28, 30)).axes),
    (lambda: LENET.solve("c1", np.array([28, 30])).axes, LENET.solve("c1", (28, 30)).axes),
    (lambda: LENET.receptive_field("c1", "4, 7").seen, LENET.receptive_field("c1", (4, 7)).seen),
    (lambda: LENET.receptive_field("c1", np.array([4, 7])).seen, LENET.receptive_field("c1", (4, 7)).seen),
    (lambda: LENET.receptive_field("c5", 3).seen, LENET.receptive_field("c5", (3,)).seen),
    (lambda: DOOR.check("lenet", budgets={"macs": "0.41652M"}).ok, True),
    (lambda: DOOR.check("lenet", budgets={"macs": "0.416519M"}).ok, False),
    (lambda: DOOR.check("lenet", budgets={"macs": 1e6, "flops": np.int64(10**6)}).ok, True),
    (lambda: repr(cnncalc.load(RELU)), "<Network <text>: 1 layer, input 4>"),
]


@every_row("case", range(len(SAME)))
def test_what_is_meant_is_taken(case: int) -> None:
    call, value = SAME[case]
    assert call() == value
