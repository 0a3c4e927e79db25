"""The words that other programs have for what is no layer type here."""

from __future__ import annotations

import re
import time

import pytest

from cnncalc.layers import LAYERS, find, folded, translate
from cnncalc.layers.other_words import _ADVICE, _NONE, type_hint
from cnncalc.spec import bundled

WORDS = [word for words in (*_NONE.values(), *_ADVICE.values()) for word in words.split()]


def test_no_word_is_a_type_or_has_a_counterpart() -> None:
    """What becomes a type leaves the table, and so does what becomes another name of one."""
    assert [word for word in WORDS if find(word) or translate(word)] == []


def test_no_word_stands_twice() -> None:
    plain = [folded(word) for word in WORDS]
    assert sorted(word for word in set(plain) if plain.count(word) > 1) == []


def test_every_word_is_answered() -> None:
    for word in WORDS:
        hint = type_hint(word, LAYERS)
        assert hint is not None
        assert not hint.startswith("did you mean"), word


def test_what_is_advised_is_there() -> None:
    advice = " ".join(_ADVICE)
    shown = re.findall(r"`cnncalc show (\w+)`", advice)
    assert shown
    assert [name for name in shown if name not in bundled.names()] == []
    types = re.findall(r"(?:write|or) `(\w+)`", advice)
    assert len(types) > 10
    assert [name for name in types if find(name) is None] == []


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("torch.nn.Conv2d", "it is called `conv2d` here"),
        ("F.relu", "it is called `relu` here"),
        ("LazyLinear", "it is called `linear` here"),
        ("LSTMCell", "write `lstm`, `gru` or `rnn`, which go along a whole sequence"),
        ("SimpleRNN", "it is called `rnn` here"),
        ("multi-head attention", "it is called `multihead_attention` here"),
        ("Attention", "write `multihead_attention`, or `scaled_dot_product_attention`, which has no weights"),
        ("Softmx", "did you mean `softmax`?"),
        ("zzzz", None),
    ],
)
def test_spellings(written: str, hint: str | None) -> None:
    assert type_hint(written, LAYERS) == hint


@pytest.mark.parametrize("word", ["x" * 10**6, "x." * 10**5, "{" + " " * 10**5])
def test_monstrous_words_take_no_time(word: str) -> None:
    before = time.perf_counter()
    assert type_hint(word, LAYERS) is None
    assert time.perf_counter() - before < 1
