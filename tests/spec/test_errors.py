"""The whole text of errors, as a user sees them: `errors.txt` is the table."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.rows import every_row
from tests.spec.reading import error_of

TABLE = Path(__file__).with_name("errors.txt").read_text(encoding="utf-8")


def cases() -> list[tuple[str, str, str]]:
    """Title, spec and expected error of each case."""
    found = []
    for case in TABLE.split("\n==== ")[1:]:
        title, _, rest = case.partition("\n")
        text, _, expected = rest.partition("\n----\n")
        found.append((title, text + "\n", expected.rstrip("\n")))
    return found


CASES = cases()


def test_the_table_is_read_whole() -> None:
    assert len(CASES) == TABLE.count("==== ") == len({title for title, _, _ in CASES})
    assert len(CASES) > 50


@every_row(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_whole_text(text: str, expected: str) -> None:
    assert str(error_of(text)) == expected


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers:\n  - relux\n", encoding="utf-8")
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(path)
    assert str(caught.value).split("\n")[0] == f"error: {path}:3:5: unknown layer type `relux`"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lennet", "did you mean `lenet`?"), ("resnet51", "did you mean `resnet5"), ("alexnet.yml.txt", None)],
)
def test_no_such_file(name: str, hint: str | None) -> None:
    error = error_of(name)
    assert error.message == f"there is no file `{name}`, and no bundled architecture of that name"
    assert hint is None or str(error.hint).startswith(hint)


@every_row(
    ("name", "asked", "variant"),
    [
        ("lenet", None, None),
        ("lenet.yaml", None, None),
        ("lenet.yml", None, None),
        ("resnet", None, "resnet50"),
        ("resnet18", None, "resnet18"),
        ("resnet:resnet34", None, "resnet34"),
        ("resnet.yaml:resnet34", None, "resnet34"),
        ("resnet", "resnet18", "resnet18"),
        ("resnet18", "resnet18", "resnet18"),
    ],
)
def test_bundled_names(name: str, asked: str | None, variant: str | None) -> None:
    assert cnncalc.load(name, variant=asked).variant == variant


def test_variants_of_files(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nvariants: {a: , b: }\nlayers: [relu]\n", encoding="utf-8")
    assert cnncalc.load(f"{path}:b").variant == "b"
    assert cnncalc.load(path, variant="b").variant == "b"
    with pytest.raises(CnncalcError, match="has no variant `c`"):
        cnncalc.load(f"{path}:c")
    with pytest.raises(CnncalcError, match="names the variant b, and a is asked for"):
        cnncalc.load(f"{path}:b", variant="a")
