"""The colours of figures: a tint for each kind of layer, which print and the colour-blind tell apart."""

from __future__ import annotations

from typing import Final, NamedTuple


class Theme(NamedTuple):
    """A set of colours.

    `fills` has a tint for each of `kinds.KINDS`; `bars` are those of a norm and an activation within a box, and
    `arrows` those of the ways between maps. `ink` is that of text, `grey` that of text which matters less, `wire` that
    of connections and `frame` that of what is around others. `tints` are those of stages, in turn, and `accent` is that
    of what a figure is about. The colours are for a page of `paper`, which is filled where a `background` is given.
    """

    fills: dict[str, str]
    bars: dict[str, str]
    arrows: dict[str, str]
    ink: str = "#1c1e21"
    grey: str = "#5c6166"
    wire: str = "#5a6675"
    frame: str = "#d5dce6"
    tints: tuple[str, str] = ("#f4f7fb", "#f7f5ef")
    paper: str = "#ffffff"
    accent: str = "#c2410c"
    background: str | None = None

    def fill(self, kind: str) -> str:
        """The tint of a kind.

        >>> THEMES["blue"].fill("pooling")
        '#eaa98a'
        """
        return self.fills.get(kind, self.fills["other"])

    def edge(self, kind: str) -> str:
        """The colour of the lines around a kind's tint: the tint itself, much darker or, on dark paper, lighter.

        >>> THEMES["blue"].edge("convolution")
        '#46525a'
        """
        return mixed(self.fill(kind), "#000000" if self.background is None else "#ffffff", 0.62)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another in it.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


_BLUE: Final = Theme(
    fills={
        "input": "#e6e6e6",
        "convolution": "#b7d7ee",
        "depthwise": "#cfe3f2",
        "upsampling": "#9fd3bf",
        "pooling": "#eaa98a",
        "linear": "#cdbce0",
        "recurrence": "#e3c1d6",
        "attention": "#f0d491",
        "norm": "#c6dcb8",
        "activation": "#5fa3d0",
        "merge": "#ffffff",
        "reshape": "#f2f2f2",
        "other": "#dfe3e8",
    },
    bars={"norm": "#4a8a45", "activation": "#e39a2d"},
    arrows={
        "convolution": "#2f6ea8",
        "pointwise": "#1a9aa0",
        "pooling": "#c0392b",
        "upsampling": "#2e9e5b",
        "copy": "#a6a6a6",
        "other": "#4b3a78",
    },
)

THEMES: Final = {
    "blue": _BLUE,
    "amber": _BLUE._replace(
        fills=_BLUE.fills
        | {"convolution": "#f6d58f", "depthwise": "#fae6bd", "pooling": "#d98c7a", "activation": "#e8a33d"},
        bars={"norm": "#86b870", "activation": "#c2571a"},
        tints=("#fbf8f1", "#f5f6f2"),
    ),
    "grey": _BLUE._replace(
        fills={
            "input": "#f2f2f2",
            "convolution": "#d4d4d4",
            "depthwise": "#e2e2e2",
            "upsampling": "#c4c4c4",
            "pooling": "#a9a9a9",
            "linear": "#bdbdbd",
            "recurrence": "#cccccc",
            "attention": "#d9d9d9",
            "norm": "#dedede",
            "activation": "#8c8c8c",
            "merge": "#ffffff",
            "reshape": "#f5f5f5",
            "other": "#e6e6e6",
        },
        bars={"norm": "#8f8f8f", "activation": "#3f3f3f"},
        arrows={
            "convolution": "#444444",
            "pointwise": "#888888",
            "pooling": "#111111",
            "upsampling": "#666666",
            "copy": "#a6a6a6",
            "other": "#606060",
        },
        wire="#555555",
        frame="#cccccc",
        tints=("#f7f7f7", "#f2f2f2"),
        accent="#000000",
    ),
    "dark": _BLUE._replace(
        fills={
            "input": "#4a4f57",
            "convolution": "#2f5f86",
            "depthwise": "#27506f",
            "upsampling": "#2f6f5a",
            "pooling": "#94543a",
            "linear": "#5d4a7e",
            "recurrence": "#74486a",
            "attention": "#7d6424",
            "norm": "#4b6b3a",
            "activation": "#4f93c4",
            "merge": "#22262c",
            "reshape": "#333941",
            "other": "#3d444d",
        },
        bars={"norm": "#a8d68f", "activation": "#e08a1e"},
        arrows={
            "convolution": "#6fb1e8",
            "pointwise": "#8fe6ea",
            "pooling": "#f0796b",
            "upsampling": "#5fd08f",
            "copy": "#7d8690",
            "other": "#c9b8f0",
        },
        ink="#e8eaed",
        grey="#a9b1ba",
        wire="#9aa7b5",
        frame="#3a424d",
        tints=("#1d222a", "#24262a"),
        paper="#15181d",
        accent="#ff9a57",
        background="#15181d",
    ),
}
"""The themes by their names; the first is the default."""
