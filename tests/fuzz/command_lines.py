"""Command lines: every command with every option, mostly as meant, now and then with what nobody means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.conventions.registry import CONVENTIONS
from cnncalc.guide.topics import TOPICS, WORDS
from cnncalc.layers import LAYERS
from tests.fuzz.oddities import ODD_SHAPES, ODD_WORDS, odd

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

SPEC: Final = "spec.yaml"
ODD: Final = 0.03
"""How often a value is an odd one."""

_NAMED: Final = re.compile(r"\bname: *\"?([\w.{}+-]+)")
_INPUT: Final = re.compile(r"^inputs?: *\[?([\d x,]+)\]?", re.MULTILINE)
_PARAMETERS: Final = re.compile(r"^parameters: *\{?\s*(\w+): ", re.MULTILINE)
_VARIANTS: Final = re.compile(r"^variants:\s+(\w+):", re.MULTILINE)


class Context(NamedTuple):
    """What a command line may refer to: the words of the spec, and the files beside it."""

    text: str
    data: str | None = None

    @property
    def shape(self) -> list[int]:
        """The sizes of the first input, as far as the text says them plainly."""
        found = _INPUT.search(self.text)
        return [int(size) for size in re.findall(r"\d{1,6}", found[1])] if found else [3, 8, 8]

    @property
    def layers(self) -> list[str]:
        """Names of layers that there may be."""
        named = [name.replace("{index}", "0").replace("{index + 1}", "1") for name in _NAMED.findall(self.text)]
        types = [name for name in LAYERS if name in self.text]
        return named or [f"{name}_1" for name in types] or ["relu_1"]


def arguments(rng: Random, command: str, context: Context) -> tuple[str, ...]:
    """A command line of one command."""
    drawn = _COMMANDS[command](rng, context)
    if rng.random() < ODD:
        drawn.insert(rng.randrange(len(drawn) + 1), rng.choice((*ODD_WORDS, "--nosuch", "-h", "--help")))
    return (command, *drawn)


def _maybe(rng: Random, share: float, option: str, value: Callable[[], Any]) -> list[str]:
    """An option, with that probability; its value is now and then an odd word."""
    if rng.random() >= share:
        return []
    return [option, rng.choice(ODD_WORDS) if rng.random() < ODD else str(value())]


def _shape(rng: Random, context: Context) -> str:
    """The input's shape with other sizes, or no shape at all."""
    if rng.random() < 2 * ODD:
        return rng.choice(ODD_SHAPES)
    sizes = [
        max(1, rng.choice((size, size, size + 1, size - 1, size * 2, rng.randrange(1, 40)))) for size in context.shape
    ]
    return "x".join(map(str, sizes))


def _setting(rng: Random, context: Context) -> str:
    name = rng.choice(_PARAMETERS.findall(context.text) or ("width", "depths", "n"))
    return f"{name}={rng.choice((rng.randrange(1, 9), rng.randrange(1, 9), odd(rng)))}"


def _spec(rng: Random, context: Context) -> list[str]:
    """SPEC, and what fixes the network."""
    variants, parameters = _VARIANTS.findall(context.text), _PARAMETERS.findall(context.text)
    variant = rng.choice(variants or ("small", "large"))
    return [
        SPEC if rng.random() > (0.2 if variants else ODD) else f"{SPEC}:{variant}",
        *_maybe(rng, 0.25, "--input", lambda: _shape(rng, context)),
        *_maybe(rng, 0.3 if parameters else ODD, "--set", lambda: _setting(rng, context)),
        *_maybe(rng, 0.1 if variants else ODD, "--variant", lambda: variant),
    ]


def _form(rng: Random, *forms: str) -> list[str]:
    if rng.random() < ODD:
        return ["--format", "latex"]
    return ["--json"] if rng.randrange(4) == 0 else _maybe(rng, 0.5, "--format", lambda: rng.choice(forms))


def _file(rng: Random, *names: str) -> list[str]:
    return _maybe(rng, 0.08, "-o", lambda: rng.choice((*names, "out.txt", "-", ".", "no/such/out.txt", "x.jpg", "out")))


def _layer(rng: Random, context: Context, share: float = 0.4) -> list[str]:
    if rng.random() >= share:
        return []
    return [rng.choice(ODD_WORDS) if rng.random() < 2 * ODD else rng.choice(context.layers)]


def _numbers(rng: Random, context: Context, mark: str) -> str:
    """As many small numbers as there are spatial axes, or one."""
    axes = max(1, len(context.shape) - 1)
    return mark.join(str(rng.randrange(12)) for _ in range(rng.choice((1, *(axes,) * 6, axes + 1))))


_COLUMNS = (
    *("layer", "type", "output", "k/s/p", "kernel", "stride", "padding", "dilation", "groups", "params", "buffers"),
    *("macs", "FLOPs", "bytes", "live", "share", "field", "from", "nosuch", ""),
)


def _summary(rng: Random, context: Context) -> list[str]:
    return [
        *_spec(rng, context),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_maybe(rng, 0.1, "--depth", lambda: rng.choice((1, 1, 2, 3, 0))),
        *_maybe(rng, 0.1, "--columns", lambda: ",".join(rng.choices(_COLUMNS, k=rng.randrange(1, 5)))),
        *_maybe(rng, 0.1, "--sort", lambda: rng.choice(_COLUMNS)),
        *_maybe(rng, 0.1, "--top", lambda: rng.choice((1, 3, 10**6, 0))),
        *_maybe(rng, 0.1, "--units", lambda: rng.choice(("none", "k", "G", "m"))),
        *_maybe(rng, 0.1, "--width", lambda: rng.choice((1, 40, 63, 200, 10**9, 0))),
        *_maybe(rng, 0.1, "--plot", lambda: rng.choice(("parameters", "macs", "memory", "field", "flops"))),
        *(["--full"] if rng.random() < 0.1 else []),
        *_maybe(rng, 0.1, "--batch", lambda: rng.choice((1, 2, 64, 2**31, 10**30, 0))),
        *_maybe(rng, 0.1, "--dtype", lambda: rng.choice(("float32", "float16", "int8", "float64"))),
        *_maybe(rng, 0.15, "--as", lambda: rng.choice((*CONVENTIONS, "nosuch"))),
        *_maybe(rng, 0.05, "--functional", lambda: rng.choice(("relu", "conv2d", *ODD_WORDS))),
        *_file(rng, "out.json", "out.csv", "out.md", "out.tex"),
    ]


def _check(rng: Random, context: Context) -> list[str]:
    budget = rng.choice(("parameters", "macs", "flops", "weight-bytes", "peak-activation-bytes", "nosuch"))
    return [
        *_spec(rng, context),
        *_form(rng, "table", "json", "csv", "markdown", "latex", "concise", "github"),
        *_maybe(rng, 0.1, "--dtype", lambda: rng.choice(("float32", "int8", "int4"))),
        *_maybe(rng, 0.3, f"--max-{budget}", lambda: rng.choice(("5", "5M", "1.5G", "-1", "1e3", "1Ki", ".5k"))),
    ]


def _sweep(rng: Random, context: Context) -> list[str]:
    """A grid of few points."""
    names = _PARAMETERS.findall(context.text) or ("width", "n")
    values = ("1,2", "1:3", "0.5:1:0.25", "[1, 2],[2, 1]", "1:", "a,", "1:9999999", "3:1:-1", "'", "{a: 1},x", "1:2:0")
    return [
        SPEC,
        *_maybe(rng, 0.7, "--set", lambda: f"{rng.choice(names)}={rng.choice(values)}"),
        *_maybe(rng, 0.6, "--input", lambda: ",".join(_shape(rng, context) for _ in range(rng.randrange(1, 4)))),
        *_maybe(rng, 0.1, "--variant", lambda: ",".join(_VARIANTS.findall(context.text)) or "small,large"),
        *_maybe(rng, 0.1, "--batch", lambda: rng.choice((1, 2, 64, 10**30, 0))),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_file(rng, "out.json", "out.csv", "out.md", "out.tex"),
    ]


def _compare(rng: Random, context: Context) -> list[str]:
    """The spec with itself, with another, or at several points."""
    return [
        SPEC,
        *([rng.choice((SPEC, "lenet", "nosuch"))] if rng.randrange(3) else []),
        *_sweep(rng, context)[1:],
        *(["--layers"] if rng.randrange(3) == 0 else []),
    ]


def _page(rng: Random, context: Context) -> list[str]:
    """The spec alone, beside another, or at several points."""
    points = _compare(rng, context) if rng.randrange(4) == 0 else _spec(rng, context)
    picture = ["--picture", rng.choice((SPEC, "nosuch.png"))] if rng.randrange(9) == 0 else []
    return [*(word for word in points if word != "--layers"), *picture, "-o", rng.choice(("out.html", "-", "out.svg"))]


def _explain(rng: Random, context: Context) -> list[str]:
    return [
        *_spec(rng, context),
        *_layer(rng, context),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_file(rng, "out.json"),
    ]


def _steps(rng: Random, context: Context) -> list[str]:
    """Of a layer that has steps, or has none, and of a unit that there may be or not."""
    return [
        *_spec(rng, context),
        *_layer(rng, context),
        *_maybe(rng, 0.5, "--unit", lambda: rng.choice(("all", _numbers(rng, context, ",")))),
        *_maybe(rng, 0.2, "--channels", lambda: _numbers(rng, context, ",")),
        *_maybe(rng, 0.3, "--values", lambda: "run"),
        *_maybe(rng, 0.2, "--as", lambda: "matrix"),
        *(["--flip"] if rng.randrange(6) == 0 else []),
        *_form(rng, "table", "json", "csv", "markdown", "svg", "tikz", "html"),
        *_file(rng, "out.svg"),
    ]


def _fitting(rng: Random, context: Context) -> list[str]:
    """What asks for the largest value of a parameter."""
    budget = rng.choice(("parameters", "macs", "flops", "weight-bytes", "peak-activation-bytes"))
    return [
        *("--set", f"{rng.choice(_PARAMETERS.findall(context.text))}=?"),
        *(f"--max-{budget}", rng.choice(("5", "300", "5k", "1M", "1G"))),
        *_maybe(rng, 0.3, "--step", lambda: rng.choice((1, 2, 8, 0.5, 0.01, 0, -1, 10**9))),
    ]


def _solve(rng: Random, context: Context) -> list[str]:
    if _PARAMETERS.search(context.text) and rng.randrange(3) == 0:
        return [*_spec(rng, context), *_fitting(rng, context), *_form(rng, "table", "json")]
    wanted = _maybe(rng, 0.6, "--output", lambda: _numbers(rng, context, "x"))
    return [
        *_spec(rng, context),
        *_layer(rng, context),
        *wanted,
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
    ]


def _receptive_field(rng: Random, context: Context) -> list[str]:
    return [
        *_spec(rng, context),
        *_layer(rng, context, 0.7),
        *_maybe(rng, 0.6, "--unit", lambda: _numbers(rng, context, ",")),
        *(["--verify"] if rng.randrange(3) == 0 else []),
        *(["--full"] if rng.random() < 0.1 else []),
        *_maybe(rng, 0.1, "--depth", lambda: rng.choice((1, 2, 3, 0))),
        *_maybe(rng, 0.1, "--width", lambda: rng.choice((1, 40, 200, 0))),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_file(rng, "out.json"),
    ]


def _memory(rng: Random, context: Context) -> list[str]:
    return [
        *_spec(rng, context),
        *_maybe(rng, 0.3, "--batch", lambda: rng.choice((1, 2, 0, 2**31 - 1))),
        *_maybe(rng, 0.3, "--align", lambda: rng.choice((1, 16, 64, 0, 2**31 - 1))),
        *_maybe(rng, 0.3, "--by", lambda: rng.choice(("size", "breadth", "best", "width"))),
        *_maybe(rng, 0.3, "--max", lambda: rng.choice(("1", "64KiB", "1.5M", "-1", "9" * 30))),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
    ]


def _run(rng: Random, context: Context) -> list[str]:
    data = context.data and ["--data", context.data if rng.randrange(5) else f"input={context.data}"]
    if data and rng.randrange(6) == 0:
        data = ["--data", rng.choice(ODD_LISTS)]
    spec = [SPEC, *data] if data and rng.randrange(8) else [*_spec(rng, context), *(data or [])]
    return [
        *spec,
        *_layer(rng, context, 0.3),
        *(["--print"] if rng.randrange(4) == 0 else []),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_maybe(rng, 0.1, "--columns", lambda: ",".join(rng.choices(_COLUMNS, k=rng.randrange(1, 5)))),
        *_maybe(rng, 0.1, "--sort", lambda: rng.choice(_COLUMNS)),
        *_maybe(rng, 0.1, "--top", lambda: rng.choice((1, 3, 10**6, 0))),
        *_maybe(rng, 0.1, "--units", lambda: rng.choice(("none", "k", "G", "m"))),
        *_maybe(rng, 0.1, "--width", lambda: rng.choice((1, 40, 63, 200, 10**9, 0))),
        *_maybe(rng, 0.1, "--plot", lambda: rng.choice(("parameters", "macs", "memory", "field", "flops"))),
        *(["--full"] if rng.random() < 0.1 else []),
        *_maybe(rng, 0.1, "--batch", lambda: rng.choice((1, 2, 3, 0, 10**12))),
        *_maybe(rng, 0.1, "--seed", lambda: rng.choice((0, 1, 2, 2**70, -1))),
        *_maybe(rng, 0.1, "--dtype", lambda: rng.choice(("float32", "float64", "float16"))),
        *_maybe(rng, 0.1, "--weights", lambda: rng.choice((context.data or "nosuch.npz", SPEC, "nosuch.safetensors"))),
        *_file(rng, "out.npy", "out.png", "out.json", "out.npz"),
    ]


def _import(rng: Random, context: Context) -> list[str]:
    return [
        SPEC,
        *_maybe(rng, 0.25, "--input", lambda: _shape(rng, context)),
        *_maybe(rng, 0.2, "--weights", lambda: rng.choice(("out.npz", "out.safetensors", "out.bin", "no/such.npz"))),
        *(["--flat"] if rng.randrange(4) == 0 else []),
        *(["--opaque"] if rng.randrange(3) == 0 else []),
        *_maybe(rng, ODD, "--set", lambda: _setting(rng, context)),
        *_file(rng, "out.yaml", "out.yml", "out.onnx"),
    ]


def _export(rng: Random, context: Context) -> list[str]:
    """To a file, as `-` is the process's own standard output, which a trial does not replace."""
    to = rng.choice(("onnx", "pytorch", "keras"))
    name = "out.onnx" if to == "onnx" else "out.py"
    return [
        *_spec(rng, context),
        *("-o", rng.choice((SPEC, "out.txt", "no/out.onnx", ".")) if rng.random() < ODD else name),
        *("--to", to),
        *_maybe(rng, 0.1, "--opset", lambda: rng.choice((12, 13, 17, 20, 21, 26, 27, -1))),
        *_maybe(rng, 0.1, "--seed", lambda: rng.choice((0, 1, 2**70, -1))),
        *_maybe(rng, 0.1, "--batch", lambda: rng.choice((1, 2, 0, 10**12, 2**63))),
        *_maybe(rng, 0.1, "--dtype", lambda: rng.choice(("float32", "float16", "int8"))),
        *_maybe(rng, ODD, "--weights", lambda: rng.choice(("nosuch.npz", SPEC))),
        *(["--no-weights"] if to == "onnx" and rng.randrange(3) == 0 else []),
        *(["--dynamic-batch"] if to == "onnx" and rng.randrange(6) == 0 else []),
    ]


def _list(rng: Random, context: Context) -> list[str]:
    """Words that few bundled networks match, as counting all of them takes seconds."""
    del context
    narrow = rng.choice(("lenet", "espcn", "srcnn", "zfnet", "nosuch", "\x1b", "tcn", "²"))
    return [
        narrow,
        *([rng.choice(ODD_WORDS)] if rng.randrange(3) == 0 else []),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
    ]


def _show(rng: Random, context: Context) -> list[str]:
    del context
    return [rng.choice(("lenet", "alexnet", "resnet18", "vgg:vgg16", *ODD_WORDS)), *_file(rng, "out.yaml")]


def _schema(rng: Random, context: Context) -> list[str]:
    del context
    name = rng.choice(("spec", "summary", "check", *ODD_WORDS))
    return [*([name] if rng.randrange(6) else []), *_file(rng, "out.json")]


def _layers(rng: Random, context: Context) -> list[str]:
    del context
    name = rng.choice((*LAYERS, *ODD_WORDS, "conv2d", "Conv2D", "max_pool9d"))
    return [
        *([name] if rng.randrange(6) else []),
        *_form(rng, "table", "json", "csv", "markdown", "latex"),
        *_file(rng, "out.json"),
    ]


def _help(rng: Random, context: Context) -> list[str]:
    del context
    name = rng.choice((*TOPICS, *WORDS, *ODD_WORDS, "summary", "help", "paddin"))
    return [*([name] if rng.randrange(6) else []), *_form(rng, "table", "markdown"), *_file(rng, "out.md", "out.json")]


def _init(rng: Random, context: Context) -> list[str]:
    """To standard output, where it leaves nothing behind."""
    del context
    return [*([rng.choice((*ODD_WORDS, "net", SPEC))] if rng.randrange(6) else []), "-o", "-"]


def _completion(rng: Random, context: Context) -> list[str]:
    del context
    return [rng.choice(("bash", "zsh", "fish", *ODD_WORDS))]


ODD_LISTS: Final = (
    "[1, 2]",
    "[[1, 2], [3]]",
    "[[[1e9, .inf]]]",
    "[]",
    "[[",
    "[a: 1]",
    "[[1, true]]",
    "[" * 99,
    "x=[1]",
)

_COMMANDS: Final[dict[str, Callable[[Random, Context], list[str]]]] = {
    "summary": _summary,
    "check": _check,
    "compare": _compare,
    "sweep": _sweep,
    "explain": _explain,
    "steps": _steps,
    "page": _page,
    "solve": _solve,
    "receptive-field": _receptive_field,
    "run": _run,
    "memory": _memory,
    "import": _import,
    "export": _export,
    "list": _list,
    "show": _show,
    "layers": _layers,
    "help": _help,
    "init": _init,
    "completion": _completion,
    "schema": _schema,
}
