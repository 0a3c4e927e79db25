"""Random graphs that move, cut and join axes."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import cnncalc

if TYPE_CHECKING:
    from collections.abc import Iterator

Entry = dict[str, Any]


RESAMPLED: tuple[Entry, ...] = (
    {"mode": "nearest-exact"},
    {"mode": "area"},
    {"mode": "linear"},
    {"mode": "linear", "antialias": True},
    {"mode": "bicubic", "antialias": True},
)
"""How maps are resampled to a size."""


class Builder:
    """Layers one behind another, each made to fit the shape that arrives, by numbers that are drawn."""

    def __init__(self, shape: tuple[int, ...], *, padded: bool) -> None:
        self.shape = shape
        self.padded = padded
        self.layers: list[Entry] = []
        self.names: dict[str, tuple[int, ...]] = {"input": shape}

    def add(self, kind: str, options: Entry, name: str | None = None, sources: list[str] | None = None) -> None:
        """A layer, behind the one before it or the sources."""
        name = name or f"n{len(self.layers)}"
        said = {**options, "name": name, **({"from": sources} if sources else {})}
        entry = {"share": said.pop("of"), **said} if kind == "share" else {kind: said}
        spec = (
            f"input: {'x'.join(map(str, next(iter(self.names.values()))))}\nlayers: {json.dumps([*self.layers, entry])}"
        )
        try:
            network = cnncalc.load(spec)
        except cnncalc.CnncalcError:
            return
        self.layers.append(entry)
        self.shape = self.names[name] = network.tensors[-1].shape

    @property
    def last(self) -> str:
        return list(self.names)[-1]

    def windows(self, a: int, b: int, c: int) -> None:
        pads = {"padding": a % 2} if self.padded else {}
        kind = ("conv", "avg_pool", "depthwise_conv", "max_pool", "min_pool")[c % 5]
        options: Entry = {"kernel_size": 1 + a % 3, "stride": 1 + b % 2, **pads}
        if kind == "conv":
            groups = (1, 2, self.shape[0])[b % 3]
            options |= {"out_channels": 2 * groups if groups > 1 else 4, "groups": groups}
        if self.padded and "conv" in kind:
            options["padding_mode"] = ("zeros", "reflect", "replicate")[(a + b // 3) % 3]
            if len(self.shape) == 2 and b % 3 == 2:
                options["padding"] = "causal"
        self.add(kind, options)

    def deformed(self, a: int, b: int, c: int) -> None:
        """A window whose taps are moved by what another one makes of the same tensor."""
        if len(self.shape) != 3:
            return
        source, size = self.last, 1 + a % 2
        window = {"kernel_size": size, "stride": 1 + b % 2, **({"padding": c % 2} if self.padded else {})}
        self.add("conv", {**window, "out_channels": 2 * size**2})
        self.add("deform_conv", {**window, "out_channels": 2}, sources=[source, self.last])

    def permute(self, a: int, b: int, c: int) -> None:
        del b, c
        orders = list(itertools.permutations(range(len(self.shape))))
        self.add("permute", {"dims": list(orders[a % len(orders)])})

    def reshape(self, a: int, b: int, c: int) -> None:
        del c
        values = 1
        for size in self.shape:
            values *= size
        shapes = list(_factored(values, 2 + b % 2))
        self.add("reshape", {"shape": shapes[a % len(shapes)]})

    def flatten(self, a: int, b: int, c: int) -> None:
        del c
        start = a % len(self.shape)
        self.add("flatten", {"start_dim": start, "end_dim": start + b % (len(self.shape) - start)})

    def unflatten(self, a: int, b: int, c: int) -> None:
        del c
        self.add("unflatten", {"dim": a % len(self.shape), "sizes": [(2, 3)[b % 2], -1]})

    def squeeze(self, a: int, b: int, c: int) -> None:
        del a, b, c
        self.add("squeeze", {})

    def unsqueeze(self, a: int, b: int, c: int) -> None:
        del b, c
        self.add("unsqueeze", {"dim": a % (len(self.shape) + 1)})

    def turned(self, a: int, b: int, c: int) -> None:
        dim = a % len(self.shape)
        kind, options = (
            ("flip", {"dim": dim}),
            ("roll", {"shifts": c, "dim": dim}),
            ("slice", {"dim": dim, "step": -1 - c % 2}),
        )[b % 3]
        self.add(kind, options)

    def repeated(self, a: int, b: int, c: int) -> None:
        chosen = [(a + b) % len(self.shape), a % len(self.shape)][: 1 + c % 2]
        if b % 2:
            self.add("tile", {"repeats": [2 if axis in chosen else 1 for axis in range(len(self.shape))]})
        else:
            self.add("expand", {"sizes": [3 if size == 1 else -1 for size in self.shape]})

    def stacked(self, a: int, b: int, c: int) -> None:
        """This tensor and earlier ones of its shape along a new axis."""
        alike = [name for name, shape in self.names.items() if shape == self.shape]
        self.add("stack", {"dim": b % (len(self.shape) + 1)}, sources=[self.last, alike[a % len(alike)]])
        del c

    def columns(self, a: int, b: int, c: int) -> None:
        """Windows laid out as columns and, where borders do not count, mixed or not and put together to a map again."""
        if len(self.shape) < 2:
            return
        channels, *sizes = self.shape
        kernel, stride = 1 + a % 3, 1 + b % 2 if a % 3 else 1  # so that no pixel is under no window
        window = {"kernel_size": kernel, "stride": stride, "dilation": 1 + (stride == 1) * (b // 2 % 2)}
        if self.padded and kernel > 1:
            window["padding"] = a // 3 % 2
        before = len(self.layers)
        self.add("unfold", window)
        if len(self.layers) == before or not self.padded:
            return
        mixed: tuple[tuple[str, Entry], ...] = (
            ("identity", {}),
            ("linear", {"dim": 0, "out_features": self.shape[0] // channels}),
            ("flip", {"dim": 1}),
        )
        self.add(*mixed[c % 3])
        self.add("fold", {"output_size": sizes, **window})

    def extended(self, a: int, b: int, c: int) -> None:
        if self.padded:
            self.add("pad", {"channel_padding": [a % 2, 1 + b % 2], "mode": ("constant", "replicate")[c % 2]})

    def reduced(self, a: int, b: int, c: int) -> None:
        axes = len(self.shape)
        dims = sorted({a % axes, c % axes})
        kinds = ("mean", "sum", "max", "min", "prod", "l1", "l2", "logsumexp")
        self.add(f"reduce_{kinds[a // 2 % len(kinds)]}", {"dim": dims, "keepdim": bool(b % 2)})

    def slice(self, a: int, b: int, c: int) -> None:
        dim = a % len(self.shape)
        self.add("slice", {"dim": dim, "start": b % max(1, self.shape[dim] - 1), "step": 1 + c % 2})

    def halves(self, a: int, b: int, c: int) -> None:
        """A tensor cut, one part changed, and both joined again."""
        dim, source = a % len(self.shape), self.last
        cut = max(1, self.shape[dim] // 2)
        self.add("slice", {"dim": dim, "end": cut}, sources=[source])
        left = self.last
        self.add("slice", {"dim": dim, "start": cut}, sources=[source])
        if b % 2:
            self.add("avg_pool", {"kernel_size": 1 + c % 2, "stride": 1})
        self.add("concat", {"dim": dim}, sources=[left, self.last])

    def joined(self, a: int, b: int, c: int) -> None:
        """An earlier tensor behind this one."""
        names = list(self.names)
        self.add("concat", {"dim": b % len(self.shape)}, sources=[self.last, names[a % len(names)]])
        del c

    def added(self, a: int, b: int, c: int) -> None:
        names = list(self.names)
        self.add("add", {}, sources=[self.last, names[a % len(names)]])
        del b, c

    def product(self, a: int, b: int, c: int) -> None:
        """The product of a tensor, or of another of its shape, with the same turned."""
        axes = len(self.shape)
        fitting = [name for name, shape in self.names.items() if shape == self.shape]
        self.add("permute", {"dims": [*range(axes - 2), axes - 1, axes - 2]})
        sources = [fitting[c % len(fitting)], self.last]
        self.add("matmul", {}, sources=sources if a % 2 else sources[::-1])
        del b

    def constant(self, a: int, b: int, c: int) -> None:
        """Arithmetic with a number, or with numbers along one axis."""
        kind = ("add", "subtract", "multiply", "divide", "maximum", "minimum")[a % 6]
        value: Any = 0.5
        if c % 2:
            axis = b % len(self.shape)
            value = [0.5] * self.shape[axis]
            for _ in self.shape[axis + 1 :]:
                value = [[number] for number in value]
        self.add(kind, {"value": value})

    def attended(self, a: int, b: int, c: int) -> None:
        """All tokens, those of one axis, or those before; of this tensor, or of another that has as many features."""
        axes, names = len(self.shape), list(self.names)
        options: Entry = {"is_causal": bool(b % 2), "num_heads": 1 + a % 2, "dim": (c % axes) - axes}
        if axes > 2 and a % 3 == 0:
            options["attention_axes"] = [(c + 1) % axes]
        other = [self.last, names[b % len(names)]] if c % 2 else [self.last]
        if a % 2:
            self.add("multihead_attention", {**options, "key_dim": 1}, sources=other)
        else:
            self.add("scaled_dot_product_attention", options, sources=other)

    def mixed(self, a: int, b: int, c: int) -> None:
        dim = b % len(self.shape)
        kind, options = (
            ("linear", {"dim": dim, "out_features": 2}),
            ("softmax", {"dim": dim}),
            ("layer_norm", {"dims": [dim]}),
            ("rms_norm", {"dims": [dim]}),
            ("l2_norm", {"dims": [dim], "scale": True}),
            ("global_response_norm", {}),
        )[a % 6]
        self.add(kind, options)
        del c

    def own(self, a: int, b: int, c: int) -> None:
        """A tensor that no input reaches, or what a window makes of it, with this one: by arithmetic or beside it."""
        source, shape = self.last, self.shape
        dim = b % len(shape)
        kind, options = (
            ("parameter", {"shape": [1 if a // 2 % 2 and axis != dim else size for axis, size in enumerate(shape)]}),
            ("constant", {"value": 0.5}),
        )[a % 7 == 6]
        self.add(kind, options)
        if c % 3 == 1:
            self.add("avg_pool", {"kernel_size": 1 + a % 2, "stride": 1})
        other = self.last
        if kind == "constant":
            self.add("reshape", {"shape": [1] * len(shape)})
            other = self.last
        if c % 3 == 2 and len(shape) > 1:
            self.add("matmul", {}, sources=[[source, other], [other, source]][a % 2])
        elif c % 2:
            self.add("concat", {"dim": dim}, sources=[other, source])
            self.padded = True  # windows over both see less of the input than others, as at a border
        else:
            self.add("multiply", {}, sources=[source, other])
        if self.last in {other, source}:
            self.add("identity", {}, sources=[source])

    def again(self, a: int, b: int, c: int) -> None:
        """An earlier layer once more, here or on what it took then."""
        names = list(self.names)[1:]
        if names:
            self.add("share", {"of": names[a % len(names)]}, sources=[list(self.names)[b % len(self.names)]])
        del c

    def recurrent(self, a: int, b: int, c: int) -> None:
        """Along one of two axes, on its way or in both."""
        options = {"hidden_size": 2, "dim": b % 2, "bidirectional": bool(a // 3 % 2), "num_layers": 1 + c % 2}
        self.add(("lstm", "gru", "rnn")[a % 3], {**options, "output": ("sequence", "sequence", "last")[c // 2 % 3]})

    def shuffled(self, a: int, b: int, c: int) -> None:
        kind, options = (
            ("channel_shuffle", {"groups": 2}),
            ("pixel_shuffle", {"upscale_factor": 2}),
            ("pixel_unshuffle", {"downscale_factor": 2}),
            ("space_to_depth", {"block_size": 2}),
            ("space_to_depth", {"block_size": 2, "mode": ("CRD", "darknet")[b % 2]}),
            ("depth_to_space", {"block_size": 2, "mode": ("DCR", "CRD")[b % 2]}),
            ("upsample", {"scale_factor": 2}),
            ("upsample", {"size": 1 + b % 5, **RESAMPLED[c % len(RESAMPLED)]}),
            ("glu", {"dim": b % len(self.shape)}),
        )[a % 9]
        if options.get("mode") in ("linear", "bicubic"):
            self.padded = True  # its filter reaches past the border, where it is cut off
        self.add(kind, options)

    def pooled(self, a: int, b: int, c: int) -> None:
        """A gate of the whole map, or of one axis of it."""
        source, shape = self.last, self.shape
        if len(shape) < 2:
            return
        sizes = [1 if b % 2 or axis == c % (len(shape) - 1) else None for axis in range(len(shape) - 1)]
        self.add("adaptive_avg_pool", {"output_size": sizes})
        if a % 2:
            self.add("multiply", {}, sources=[source, self.last])

    def looked_up(self, a: int, b: int, c: int) -> None:
        """An earlier tensor at places that are made of the last one."""
        names, places = list(self.names), self.shape
        self.add("linear", {"dim": 0, "out_features": len(places) - 1, "bias": bool(b % 2)})
        self.add("grid_sample", {}, sources=[names[a % len(names)], self.last])
        del c

    def fractional(self, a: int, b: int, c: int) -> None:
        """Regions of one size at uneven distances."""
        options = {"kernel_size": 1 + a % 3, "output_size": 1 + b % 4, "samples": c % 4 / 4}
        self.add("fractional_max_pool", options)

    def regions(self, a: int, b: int, c: int) -> None:
        """Regions of an earlier map, by boxes that are made of the last tensor."""
        maps = [name for name, shape in self.names.items() if len(shape) == 3]
        if len(self.shape) > 2:
            self.add("flatten", {"start_dim": 1})
        self.add("linear", {"dim": 0, "out_features": 4})
        kind = ("roi_align", "roi_pool")[b % 2]
        self.add(kind, {"output_size": 1 + c % 2}, sources=[maps[a % len(maps)] if maps else "input", self.last])


def _factored(values: int, axes: int) -> Iterator[list[int]]:
    if axes == 1:
        yield [values]
        return
    for size in range(1, values + 1):
        if values % size == 0:
            yield from ([size, *others] for others in _factored(values // size, axes - 1))


STEPS = (
    *("windows", "windows", "permute", "permute", "reshape", "flatten", "unflatten", "squeeze", "slice", "halves"),
    *("joined", "added", "mixed", "shuffled", "pooled", "reduced", "product", "attended", "constant"),
    *("unsqueeze", "turned", "turned", "repeated", "stacked", "extended", "recurrent", "looked_up", "deformed"),
    *("columns", "columns"),
    *("regions", "fractional", "own", "again"),
)
"""The methods of `Builder` that add something, each taking three numbers; common ones twice."""
