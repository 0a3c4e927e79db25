"""The words that other programs have for what is no layer type here."""

from __future__ import annotations

import re
import time

import pytest

import cnncalc
from cnncalc.layers import LAYERS, find, folded, framework_words, paper_words, translate
from cnncalc.layers.other_words import _ADVICE, _NONE, type_hint
from cnncalc.spec import bundled
from tests.layers import framework_names
from tests.rows import every_row

TABLES = (_NONE, _ADVICE, framework_words.NONE, framework_words.ADVICE, paper_words.NONE, paper_words.ADVICE)
WORDS = [word for table in TABLES for words in table.values() for word in words.split()]


def test_no_word_is_a_type_or_has_a_counterpart() -> None:
    """What becomes a type leaves the table, and so does what becomes another name of one."""
    assert [word for word in WORDS if find(word) or translate(word)] == []


def test_no_word_stands_twice() -> None:
    called = [word for words in framework_words.CALLED.values() for word in words.split()]
    plain = [folded(word) for word in (*WORDS, *called)]
    assert sorted(word for word in set(plain) if plain.count(word) > 1) == []


def test_every_word_is_answered() -> None:
    for word in WORDS:
        hint = type_hint(word, LAYERS)
        assert hint is not None
        assert not hint.startswith("did you mean"), word


def test_what_is_advised_is_there() -> None:
    advice = " ".join((*_ADVICE, *framework_words.ADVICE, *paper_words.ADVICE))
    shown = re.findall(r"`cnncalc show (\w+)`", advice)
    assert shown
    assert [name for name in shown if name not in bundled.names()] == []
    types = re.findall(r"(?:write|or) `(\w+)`", advice)
    assert len(types) > 10
    assert [name for name in types if find(name) is None] == []


@pytest.mark.parametrize("framework", framework_names.ALL)
def test_every_name_of_a_framework_is_told(framework: str) -> None:
    """A type of ours, what is written instead, or that there is none; a guess is for words that nobody has."""
    names = framework_names.ALL[framework].split()
    assert len(names) > 40
    hints = {name: type_hint(name, LAYERS) for name in names if find(name) is None}
    untold = [name for name, hint in hints.items() if hint is None or hint.startswith("did you mean")]
    assert untold == []


@every_row(
    ("written", "hint"),
    [
        ("torch.nn.Conv2d", "it is called `conv2d` here"),
        ("F.relu", "it is called `relu` here"),
        ("LazyLinear", "it is called `linear` here"),
        ("LSTMCell", "write `lstm`, `gru` or `rnn`, which go along a whole sequence"),
        ("SimpleRNN", "it is called `rnn` here"),
        ("multi-head attention", "it is called `multihead_attention` here"),
        ("Attention", "write `multihead_attention`, or `scaled_dot_product_attention`, which has no weights"),
        ("Conv2DTranspose", "it is called `conv_transpose2d` here"),
        ("InnerProduct", "it is called `linear` here"),
        ("Eltwise", "it is called `add` here"),
        ("ReduceMean", "it is called `reduce_mean` here"),
        ("Reduction", "write `reduce_sum`, `reduce_mean`, `reduce_max`, `reduce_min` or another of them"),
        (
            "TimeDistributed",
            "write it with one axis more: `conv3d` with a `kernel_size` of 1 along the steps, `linear` with `dim`",
        ),
        ("BinaryCrossentropyLoss", "it is of training, and has no place in a spec"),
        ("CTCLoss", "it is of training, and has no place in a spec"),
        ("RandomGaussianBlur", "it changes nothing once the network is trained: leave it out"),
        ("NonMaxSuppression", "there is no detection layer here"),
        ("QLinearConv", "there is no quantisation here"),
        ("TextVectorization", "it prepares data: do that before, and the network takes what comes of it"),
        ("FusedBatchNormV3", "it is called `batch_norm` here"),
        ("GreaterOrEqual", "there is no comparison or logic here"),
        ("BNLL", "it is called `softplus` here"),
        ("ResizeBilinear", "write `upsample` with `mode: bilinear`"),
        ("CropAndResize", "write `roi_align`"),
        ("implicit_add", "write `parameter`, and `add: {from: [previous, NAME]}`"),
        ("ParameterList", "write `parameter` for each of them"),
        ("ConvGRU", "there is no convolutional GRU here; the recurrence of maps is `conv_lstm`"),
        ("QuickGELU", "write `scale: {factor: 1.702}` and `sigmoid`, and `multiply` what came before by it"),
        (
            "SwinTransformerBlock",
            "a block of your own: `roll`, `unfold` into windows, `unflatten`, `multihead_attention` with"
            " `attention_axes: 1`, `flatten`, `fold`; scores take no mask and no bias of places",
        ),
        ("Softmx", "did you mean `softmax`?"),
        ("zzzz", None),
    ],
)
def test_spellings(written: str, hint: str | None) -> None:
    assert type_hint(written, LAYERS) == hint


@pytest.mark.parametrize("word", ["x" * 10**6, "x." * 10**5, "{" + " " * 10**5])
def test_monstrous_words_take_no_time(word: str) -> None:
    before = time.process_time()
    assert type_hint(word, LAYERS) is None
    assert time.process_time() - before < 1


WRITTEN = {
    "the attention of windows": (
        "96x14x14",
        """
- roll: {shifts: [-3, -3], dim: [1, 2]}
- unfold: {kernel_size: 7, stride: 7}
- unflatten: {dim: 0, sizes: [96, 49]}
- multihead_attention: {num_heads: 3, attention_axes: 1}
- flatten: {start_dim: 0, end_dim: 1}
- fold: {output_size: [14, 14], kernel_size: 7, stride: 7}
- roll: {shifts: [3, 3], dim: [1, 2]}
""",
        # four products by 96 x 96 weights at 196 places, and two with the 49 of a window (Liu et al. 2021, equation 2)
        4 * 196 * 96 * 96 + 2 * 49 * 196 * 96,
    ),
    "an involution": (
        "64x8x8",
        """
- conv2d: {out_channels: 16, kernel_size: 1, bias: false}
- conv2d: {out_channels: 36, kernel_size: 1}
- reshape: {name: kernels, shape: [4, 1, 9, 64]}
- unfold: {from: input, kernel_size: 3, padding: 1}
- reshape: {shape: [4, 16, 9, 64]}
- multiply: {from: [previous, kernels]}
- reduce_sum: {dim: 2}
- reshape: {shape: [64, 8, 8]}
""",
        64 * (64 * 16 + 16 * 36),
    ),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_what_is_advised_can_be_written(what: str) -> None:
    """Layers of papers by the types that their hints name, which keep the shape."""
    size, layers, macs = WRITTEN[what]
    network = cnncalc.load(f"input: {size}\nlayers: {layers.replace(chr(10), chr(10) + '  ')}")
    assert network.nodes[-1].output_shape == tuple(map(int, size.split("x")))
    assert network.report().totals.macs == macs
    report, _ = network.run()
    assert report.ok
