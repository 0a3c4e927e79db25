"""The text of a bundled architecture is of the network that its name stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cnncalc import CnncalcError
from cnncalc.spec import bundled
from cnncalc.spec.document import Spec
from cnncalc.text_nodes import Source
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILIES = [name for name in bundled.names() if bundled.variants(name)]


def test_names_are_found_and_none_is_looked_for_that_is_layers_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(bundled.find(name) for name in bundled.every_name()[::9])
    monkeypatch.setattr(bundled, "variants", lambda name: pytest.fail(f"{name} is read"))
    assert bundled.find("conv(8, 3)") is None
    assert bundled.find("flatten linear") is None


@pytest.mark.parametrize("family", slow_but({"resnet", "filters", "keras_vgg"}, FAMILIES))
def test_the_variant_that_is_asked_for_stands_first(family: str) -> None:
    """Nothing else changes: the same lines, of the same meaning."""
    whole = bundled.text(family)
    spec = Spec(Source(family, whole))
    assert list(spec.variants) == bundled.variants(family)
    for variant in bundled.variants(family):
        if variant in bundled.names():
            continue  # the name is that of a file
        shown = bundled.text(variant)
        moved = Spec(Source(family, shown))
        assert next(iter(moved.variants)) == variant
        assert moved.root.plain() == spec.root.plain()
        assert sorted(shown.splitlines()) == sorted(whole.splitlines())
        assert shown.split("variants:\n")[0] == whole.split("variants:\n")[0]


def test_comments_move_with_their_variant(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    head, tail = "input: 3\nparameters: {w: 1}\nvariants:\n", "layers:\n  - relu\n"
    (tmp_path / "net.yaml").write_text(
        f"{head}  # the first\n  a: {{w: 2}}\n\n  # of b\n  b:\n    # its width\n    w: 3\n{tail}"
    )
    monkeypatch.setattr(bundled, "folder", lambda: str(tmp_path))
    assert bundled.text("a") == bundled.text("net")
    assert (
        bundled.text("b") == f"{head}\n  # of b\n  b:\n    # its width\n    w: 3\n  # the first\n  a: {{w: 2}}\n{tail}"
    )


def test_what_is_shown_is_what_is_summed_up(run: Callable[..., Any]) -> None:
    assert run("show", "resnet18", "-o", "mine.yaml").status == 0
    assert "11,689,512" in run("summary", "mine.yaml").out


def test_no_such_architecture() -> None:
    with pytest.raises(CnncalcError, match="there is no bundled architecture `resnet17`"):
        bundled.text("resnet17")
