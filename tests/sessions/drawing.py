"""Networks of drawn layers, each on any tensor before it: all that can be fused, joined and put in one place."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ACTIVATIONS = ("relu", "relu6", "sigmoid", "hardtanh", "identity", "dropout")


class Drawn:
    """Entries so far, and the tensors of each size of map by name with their channels."""

    def __init__(self, draw: st.DrawFn, channels: int, size: int) -> None:
        self.draw = draw
        self.entries: list[dict[str, Any]] = []
        self.tensors: dict[int, list[tuple[str, int]]] = {size: [("input", channels)]}

    def some(self) -> tuple[int, str, int]:
        """A map: its size, its name and its channels, most often the last."""
        size = self.draw(st.sampled_from(list(self.tensors)))
        maps = self.tensors[size]
        return (size, *self.draw(st.sampled_from([maps[-1], *maps])))

    def add(self, type_: str, size: int, channels: int, inputs: list[str], **options: Any) -> str:
        """Add a layer that makes a map of this size."""
        name = f"n{len(self.entries)}"
        self.entries.append({type_: {"name": name, "from": inputs, **options}})
        self.tensors.setdefault(size, []).append((name, channels))
        return name

    def convolution(self) -> None:
        """Most are of 3 x 3 or 1 x 1 taps, and keep the size."""
        size, name, channels = self.some()
        kernel = self.draw(st.sampled_from([1, 3, 3, 2, 5]))
        stride = self.draw(st.sampled_from([1, 1, 2]))
        groups = self.draw(st.sampled_from([1, 1, 1, 2, channels]))
        groups = groups if channels % groups == 0 else 1
        filters = groups * self.draw(st.sampled_from([1, 1, 2])) if groups > 1 else self.draw(st.sampled_from([3, 16]))
        padding = kernel // 2
        made = (size + 2 * padding - kernel) // stride + 1
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "groups": groups}
        activation = self.draw(st.sampled_from([{}, {}, {"activation": "relu"}, {"activation": "tanh"}]))
        bias = {"bias": self.draw(st.booleans())}
        self.add("conv", made, filters, [name], out_channels=filters, **options, **activation, **bias)

    def transposed(self) -> None:
        """With strides up to the kernel and beyond it, and some of the output cut off or added."""
        size, name, _ = self.some()
        if size > 11:
            return
        kernel, stride = self.draw(st.integers(1, 4)), self.draw(st.integers(1, 3))
        padding, added = self.draw(st.integers(0, 1)), self.draw(st.integers(0, stride - 1))
        made = (size - 1) * stride + kernel - 2 * padding + added
        if made < 1:
            return
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "output_padding": added}
        activation = self.draw(st.sampled_from([{}, {"activation": "relu"}]))
        self.add("conv_transpose", made, 4, [name], out_channels=4, **options, **activation)

    def one_to_one(self) -> None:
        """A norm or a function."""
        size, name, channels = self.some()
        type_ = self.draw(st.sampled_from(["batch_norm", "batch_norm", *ACTIVATIONS]))
        self.add(type_, size, channels, [name])

    def pool(self) -> None:
        """With windows that overhang the border, too."""
        size, name, channels = self.some()
        kernel, stride = self.draw(st.integers(1, 3)), self.draw(st.integers(1, 2))
        padding = self.draw(st.integers(0, kernel // 2))
        if size + 2 * padding < kernel:
            return
        made = (size + 2 * padding - kernel) // stride + 1
        options: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
        type_ = self.draw(st.sampled_from(["max_pool", "avg_pool"]))
        if type_ == "avg_pool":
            options["count_include_pad"] = self.draw(st.booleans())
        self.add(type_, made, channels, [name], **options)

    def merge(self) -> None:
        """A sum of two maps of one shape, or some maps of one size side by side."""
        size, name, channels = self.some()
        alike = [other for other, count in self.tensors[size] if count == channels]
        if self.draw(st.booleans()):
            self.add("add", size, channels, [name, self.draw(st.sampled_from(alike))])
            return
        others = self.draw(st.lists(st.sampled_from(self.tensors[size]), min_size=1, max_size=3))
        self.add("concat", size, channels + sum(count for _, count in others), [name, *(other for other, _ in others)])

    def end(self) -> list[str]:
        """The names of the outputs: the last map, and maybe what a classifier makes of another."""
        names = [next(iter(self.entries[-1].values()))["name"]]
        if self.draw(st.booleans()):
            _, name, _ = self.some()
            pool = self.draw(st.sampled_from(["global_avg_pool", "flatten"]))
            self.entries += [{pool: {"name": "p", "from": name}}, {"flatten": {"name": "f", "from": "p"}}]
            self.entries += [{"linear": {"name": "fc", "from": "f", "out_features": 5, "activation": "relu"}}]
            names.append("fc")
        return names


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """A spec of up to a dozen layers on a map that is as large as the rule for kernels distinguishes."""
    channels, size = draw(st.sampled_from([1, 3, 16])), draw(st.sampled_from([3, 6, 11, 22, 50]))
    drawn = Drawn(draw, channels, size)
    steps = [drawn.convolution, drawn.convolution, drawn.one_to_one, drawn.one_to_one, drawn.pool, drawn.merge]
    steps.append(drawn.transposed)
    for step in draw(st.lists(st.sampled_from(steps), min_size=2, max_size=12)):
        step()
    drawn.convolution()
    outputs = drawn.end()
    return {"input": [channels, size, size], "layers": drawn.entries, "outputs": outputs}
