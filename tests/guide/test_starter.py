"""The spec that `cnncalc init` writes."""

from __future__ import annotations

import re

import cnncalc
from cnncalc.guide.starter import starter
from cnncalc.spec.document import KEYS
from tests.rows import every_row


def test_it_is_a_network_that_is_as_it_expects() -> None:
    network = cnncalc.load(starter("net", "net.yaml"))
    assert network.notes == ()
    assert network.run()[0].ok
    assert len(network.blueprint.choice.expect) == 2


def test_it_shows_what_most_networks_need() -> None:
    text = starter("net", "net.yaml")
    for word in ("conv2d", "padding: same", "batch_norm", "residual", "parameters", "=width", "expect", "linear"):
        assert word in text
    assert set(re.findall(r"^(\w+):", text, flags=re.MULTILINE)) < set(KEYS)
    assert text.count("#") >= 9
    assert max(map(len, text.splitlines())) <= 120


@every_row("name", ["digits", "a b", "3", "1e5", "true", "null", "größe", 'a"b', "#x", "a: b", "-", "[x"])
def test_the_name_is_the_networks(name: str) -> None:
    assert cnncalc.load(starter(name, "net.yaml")).blueprint.choice.spec.name == name


def test_letters_stay_letters() -> None:
    assert '\nname: "größe"\n' in starter("größe", "net.yaml")
    assert '\nname: "\\u001b\\udcff"\n' in starter("\x1b\udcff", "net.yaml")


def test_its_comments_speak_of_its_file() -> None:
    text = starter("a", "my nets/a.yaml")
    assert "cnncalc summary 'my nets/a.yaml' --set width=32" in text
    assert "net.yaml" not in text
    assert "\x1b" not in starter("a", "\x1b.yaml")
    cnncalc.load(starter("a", "a\nb: c.yaml"))
