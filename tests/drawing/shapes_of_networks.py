"""Networks that go down and up again in other ways than the bundled ones, as specs."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st

Layers: TypeAlias = list[dict[str, dict[str, Any]]]


def conv(name: str, channels: int, kernel: int = 3, source: str | None = None, rank: int = 2, **others: Any) -> Layers:
    """A convolution that keeps sizes."""
    options = {"name": name, "out_channels": channels, "kernel_size": kernel, "padding": kernel // 2, **others}
    return [{f"conv{rank}d": options | ({"from": source} if source else {})}]


def pair(name: str, channels: int, rank: int = 2) -> Layers:
    """Two convolutions; the second has the name, the first has it with an a behind."""
    return [
        *conv(f"{name}a", channels, rank=rank, activation="relu"),
        *conv(name, channels, rank=rank, activation="relu"),
    ]


def pool(name: str, source: str | None = None, rank: int = 2) -> Layers:
    """A pool by 2."""
    return [{f"max_pool{rank}d": {"name": name, "kernel_size": 2} | ({"from": source} if source else {})}]


def up(name: str, source: str | None = None, factor: int = 2) -> Layers:
    """An upsampling."""
    return [{"upsample": {"name": name, "scale_factor": factor} | ({"from": source} if source else {})}]


def merge(type_: str, name: str, *sources: str) -> Layers:
    """A merge of several."""
    return [{type_: {"name": name, "from": list(sources)}}]


def spec(size: str, layers: Layers, *outputs: str) -> dict[str, Any]:
    """A spec."""
    return {"input": size, "layers": layers} | ({"outputs": list(outputs)} if outputs else {})


def u_net(levels: int, size: str, rank: int = 2, width: int = 8) -> dict[str, Any]:
    """A U-Net of so many levels below the first, with upsampling."""
    layers: Layers = []
    for level in range(levels):
        layers += [*pair(f"down{level}", width * (level + 1), rank), *pool(f"pool{level}", rank=rank)]
    layers += pair("bottom", width * (levels + 1), rank)
    for level in reversed(range(levels)):
        layers += [*up(f"up{level}"), *merge("concat", f"concat{level}", f"down{level}", f"up{level}")]
        layers += pair(f"back{level}", width * (level + 1), rank)
    return spec(size, layers)


def nested_u_net(levels: int = 4) -> dict[str, Any]:
    """U-Net++, Zhou et al. 2018: every map of a level goes to all that come behind it there."""
    layers: Layers = []
    for level in range(levels + 1):
        layers += [*(pool(f"pool{level}", f"x{level - 1}_0") if level else []), *pair(f"x{level}_0", 8 << level)]
        for step in range(1, level + 1):
            row = level - step
            before = [f"x{row}_{number}" for number in range(step)]
            layers += up(f"up{row}_{step}", f"x{row + 1}_{step - 1}")
            layers += merge("concat", f"concat{row}_{step}", *before, f"up{row}_{step}")
            layers += pair(f"x{row}_{step}", 8 << row)
    return spec("3x64x64", layers)


def attention_u_net() -> dict[str, Any]:
    """Attention U-Net, Oktay et al. 2018: what is handed over is gated by a map from below."""
    layers: Layers = []
    for level in range(4):
        layers += [*(pool(f"pool{level}") if level else []), *pair(f"down{level}", 16 << level)]
    below = "down3"
    for level in (2, 1, 0):
        layers += conv(f"g{level}", 8, 1, below) + conv(f"x{level}", 8, 1, f"down{level}", stride=2)
        layers += [*merge("add", f"sum{level}", f"g{level}", f"x{level}"), {"relu": {"name": f"relu{level}"}}]
        layers += [*conv(f"psi{level}", 1, 1, activation="sigmoid"), *up(f"wide{level}")]
        layers += merge("multiply", f"gate{level}", f"down{level}", f"wide{level}")
        layers += up(f"up{level}", below) + merge("concat", f"concat{level}", f"gate{level}", f"up{level}")
        layers += pair(f"back{level}", 16 << level)
        below = f"back{level}"
    return spec("1x64x64", layers)


def pyramid_pooling() -> dict[str, Any]:
    """PSPNet's module, Zhao et al. 2017: maps of 1, 2, 3 and 6 places beside the whole one."""
    layers = conv("stem", 16, stride=8)
    for size in (1, 2, 3, 6):
        layers += [{"adaptive_avg_pool2d": {"name": f"pool{size}", "output_size": size, "from": "stem"}}]
        layers += [*conv(f"conv{size}", 4, 1), {"upsample": {"name": f"up{size}", "size": 30}}]
    return spec(
        "3x240x240", [*layers, *merge("concat", "all", "stem", "up1", "up2", "up3", "up6"), *up("out", factor=8)]
    )


def exchange() -> dict[str, Any]:
    """HRNet's exchange unit, Sun et al. 2019: every resolution is summed from all."""
    layers = conv("a", 8, stride=4) + conv("b", 16, source="a", stride=2) + conv("c", 32, source="b", stride=2)
    layers += up("ba", "b") + conv("ba1", 8, 1) + up("ca", "c", 4) + conv("ca1", 8, 1)
    layers += merge("add", "fine", "a", "ba1", "ca1") + conv("ab", 16, source="a", stride=2)
    layers += up("cb", "c") + conv("cb1", 16, 1) + merge("add", "middle", "ab", "b", "cb1")
    layers += conv("ac", 32, source="a", stride=4) + conv("bc", 32, source="b", stride=2)
    return spec("3x64x64", layers + merge("add", "coarse", "ac", "bc", "c"), "fine", "middle", "coarse")


def hourglass(levels: int = 3, stacks: int = 2) -> dict[str, Any]:
    """Stacked hourglasses, Newell et al. 2016: sums over residual blocks, and an output of each stack."""
    layers = conv("stem", 16, 7, stride=2)
    start = "stem"
    for stack in range(stacks):
        last = start
        for level in range(levels):
            layers += residual(f"skip{stack}_{level}", last) + pool(f"pool{stack}_{level}", last)
            layers += residual(f"in{stack}_{level}", f"pool{stack}_{level}")
            last = f"in{stack}_{level}"
        for level in reversed(range(levels)):
            layers += up(f"up{stack}_{level}", last)
            layers += merge("add", f"sum{stack}_{level}", f"up{stack}_{level}", f"skip{stack}_{level}")
            last = f"sum{stack}_{level}"
        layers += conv(f"heat{stack}", 4, 1, last) + conv(f"back{stack}", 16, 1)
        layers += merge("add", f"next{stack}", f"back{stack}", last, start)
        start = f"next{stack}"
    return spec("3x64x64", layers, *(f"heat{stack}" for stack in range(stacks)))


def residual(name: str, source: str) -> Layers:
    """A residual block, whose sum has the name."""
    return [
        *conv(f"{name}.a", 8, 1, source),
        *conv(f"{name}.b", 8),
        *conv(f"{name}.c", 16, 1),
        *merge("add", f"{name}.sum", source, f"{name}.c"),
        {"relu": {"name": name}},
    ]


def two_inputs() -> dict[str, Any]:
    """A picture and one of half its size, which join there."""
    layers = [*conv("a", 8, source="picture"), *pool("half"), *conv("b", 8, source="small")]
    layers += [*merge("concat", "both", "half", "b"), *up("wide"), *merge("concat", "all", "a", "wide")]
    return {"inputs": {"picture": "3x32x32", "small": "3x16x16"}, "layers": layers}


NETWORKS = {
    "nested": nested_u_net(),
    "attention": attention_u_net(),
    "volumetric": u_net(3, "1x16x32x32", rank=3),
    "waveform": u_net(6, "1x4096", rank=1),
    "pyramid": pyramid_pooling(),
    "exchange": exchange(),
    "hourglass": hourglass(),
    "inputs": two_inputs(),
    "deep": u_net(12, "3x4096x4096"),
    "one pixel": u_net(2, "3x4x4"),
}


STEP = st.tuples(
    st.sampled_from(["conv", "conv", "pool", "up", "mean", "add", "concat"]), st.integers(1, 6), st.integers(0, 5)
)


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Any layers on any levels: each reads one of the last six maps, and a merge up to three others of its size."""
    maps = {"input": (4, 32)}
    layers: Layers = []
    for number, (kind, back, choice) in enumerate(draw(st.lists(STEP, min_size=1, max_size=30))):
        name = f"l{number}"
        source = list(maps)[-min(back, len(maps))]
        channels, size = maps[source]
        others = [m for m, (c, s) in maps.items() if s == size and m != source and (kind == "concat" or c == channels)]
        if kind == "conv":
            channels = (4, 4, 4, 8, 8, 32)[choice]
            layers += conv(name, channels, 1 + 2 * (choice % 2), source)
        elif kind == "pool" and size > 1:
            layers, size = [*layers, *pool(name, source)], size // 2
        elif kind == "up" and size < 64:
            layers, size = [*layers, *up(name, source)], size * 2
        elif kind == "mean":
            layers, size = [*layers, {"global_avg_pool2d": {"name": name, "from": source}}], 1
        elif kind in ("add", "concat") and others:
            joined = [source, *others[choice : choice + 3]] if choice < len(others) else [source, others[-1]]
            layers += merge(kind, name, *joined)
            channels = sum(maps[each][0] for each in joined) if kind == "concat" else channels
        else:
            layers += [{"relu": {"name": name, "from": source}}]
        maps[name] = channels, size
    read = {name for layer in layers for options in layer.values() for name in _sources(options)}
    return spec("4x32x32", layers, *(name for name in maps if name not in read and name != "input"))


def _sources(options: dict[str, Any]) -> list[str]:
    found = options.get("from", [])
    return [found] if isinstance(found, str) else found
