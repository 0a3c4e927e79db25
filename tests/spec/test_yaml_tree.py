"""From text to a tree: places, what YAML allows and a spec does not, and what would harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

import cnncalc
from cnncalc import CnncalcError
from cnncalc.errors import Place
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import Mapping, Sequence, Source, TextNode
from tests.rows import every_row
from tests.spec.reading import error_of, names

if TYPE_CHECKING:
    from pathlib import Path

H = "input: 3x8x8\n"


def places(node: TextNode) -> list[tuple[int, int]]:
    """Line and column of a node and all in it, keys before their values, both from 1."""
    found = [(node.line + 1, node.column + 1)]
    if isinstance(node, Sequence):
        found += [place for item in node.items for place in places(item)]
    if isinstance(node, Mapping):
        found += [place for pair in node.entries() for item in pair for place in places(item)]
    return found


@pytest.fixture(params=["libyaml", "Python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser that counts levels while it looks ahead, if that is installed, and the one that does not."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


@every_row(
    ("text", "expected"),
    [
        ("a: 1\n", [(1, 1), (1, 1), (1, 4)]),
        ("a:\n  - x\n  -   y\n", [(1, 1), (1, 1), (2, 3), (2, 5), (3, 7)]),
        ("a: {b: [1, '2']}\n", [(1, 1), (1, 1), (1, 4), (1, 5), (1, 8), (1, 9), (1, 12)]),
        ("# c\n\na: &x 1\nb: *x\n", [(3, 1), (3, 1), (3, 4), (4, 1), (3, 4)]),
        ("---\na: b\n...\n", [(2, 1), (2, 1), (2, 4)]),
        ("é: 日本\nb: 2\n", [(1, 1), (1, 1), (1, 4), (2, 1), (2, 4)]),
        ("a: >\n  b\nc: 1\n", [(1, 1), (1, 1), (1, 4), (3, 1), (3, 4)]),
        ("? a\n: b\n", [(1, 1), (1, 3), (2, 3)]),
    ],
)
def test_every_node_knows_its_place(text: str, expected: list[tuple[int, int]]) -> None:
    assert places(parse(Source("x", text))) == expected


def test_how_long_a_node_is() -> None:
    root = parse(Source("x", "abc: 'de'\nf: g h  # comment\ni:\n  j\n  k\n"))
    assert isinstance(root, Mapping)
    assert [(key.length, value.length) for key, value in root.entries()] == [(3, 4), (1, 3), (1, 1)]


@every_row(
    ("text", "plain"),
    [
        ("a: b\n  c\n", {"a": "b c"}),
        ("a: 'b\n  c'\n", {"a": "b c"}),
        ('a: "b\\tc\\u00e9"\n', {"a": "b\tcé"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("a: >-\n  b\n  c\n", {"a": "b c"}),
        ("a: &x [1, 2]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("%YAML 1.2\n---\na: 1\n", {"a": 1}),
        ("a: # nothing\n", {"a": None}),
        ("{a: 1, b}\n", {"a": 1, "b": None}),
        ("a: [1, 2,]\n", {"a": [1, 2]}),
        ("<<: 1\n", {"<<": 1}),
    ],
)
def test_values(text: str, plain: object) -> None:
    assert parse(Source("x", text)).plain() == plain


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1), "duplicate key `a`: it is on line 1 already"),
        ("a: {b: 1, 'b': 2}\n", (1, 11), "duplicate key `b`: it is on line 1 already"),
        ("a: *x\n", (1, 4), "`*x` refers to no anchor `&x` above"),
        ("a: &x [*x]\n", (1, 8), "`*x` contains itself"),
        ("a: &x {b: [1, *x]}\n", (1, 15), "`*x` contains itself"),
        ("a: !!int 1\n", (1, 4), "the tag `tag:yaml.org,2002:int` has no meaning here"),
        ("a: !own [1]\n", (1, 4), "the tag `!own` has no meaning here"),
        ("a: !!python/object/apply:os.system [ls]\n", (1, 4), "the tag `tag:yaml.org,2002:python/object/apply:os.sys"),
        ("a: 1\n---\nb: 1\n", (2, 1), "a second document begins here"),
        ("relu\n\n", (1, 1), "a spec is a mapping or a list of layers, not 'relu'"),
        ("---\n\n", (3, 1), "a spec is a mapping or a list of layers, not null"),
        ("[a, b]: 1\n", (1, 1), "a list or mapping stands where a name belongs"),
        ("a: {[b]: 1}\n", (1, 5), "a list or mapping stands where a name belongs"),
        ("a: {{b}: 1}\n", (1, 5), "a list or mapping stands where a name belongs"),
        ("a:\n\t- b\n", (2, 1), "not valid YAML: a tab"),
        ("a: [1\nb: 2\n", (1, 4), "not valid YAML"),
        ("a: 'b\n", (1, 4), "not valid YAML"),
        ("a: b: c\n", (1, 5), "not valid YAML"),
        ("a: 1\n b: 2\n", (2, 3), "not valid YAML"),
        ("a: @b\n", (1, 4), "not valid YAML"),
        ("a: b\0c\n", (1, 5), "the character U+0000 is not allowed in YAML"),
        ("x: 1\na: b\x07\n", (2, 5), "the character U+0007 is not allowed in YAML"),
        ("a: \x1b[2J\n", (1, 4), "the character U+001B is not allowed in YAML"),
        ("a: \x7f\n", (1, 4), "the character U+007F is not allowed in YAML"),
        ("a: \ud800\n", (1, 4), "the character U+D800 is not allowed in YAML"),
        ("a: \ufffe\n", (1, 4), "the character U+FFFE is not allowed in YAML"),
    ],
)
def test_what_is_refused(text: str, place: tuple[int, int], message: str) -> None:
    error = next(part for part in error_of(text).parts if part.code != "unknown-key")
    assert error.message.startswith(message)
    assert error.place is not None
    assert (error.place.line, error.place.column) == place


@pytest.mark.parametrize("text", ["\n", "# a comment\n\n# and one more\n", "\ufeff\n", "\r\n"])
def test_an_empty_spec(text: str) -> None:
    error = error_of(text)
    assert error.message == "<text> is empty"
    assert error.hint is not None
    assert "input: 1x28x28" in error.hint


def nested(levels: int) -> str:
    """A spec with so many levels, the outermost mapping and the list of layers included."""
    return H + f"layers: [relu]\nparameters: {{a: {'[' * (levels - 2)}{']' * (levels - 2)}}}\n"


def test_as_deep_as_it_may_be() -> None:
    assert names(cnncalc.load(nested(100))) == ["relu_1"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (nested(101), (3, 115)),
        pytest.param(nested(1500), (3, 115), marks=pytest.mark.slow),
        pytest.param(nested(1500).replace("parameters", "é: ≠ # 😀\nparameters"), (4, 115), marks=pytest.mark.slow),
        (H + "layers: " + "[" * 1500, (2, 108)),
        (H + "layers: " + "{a: " * 1500, (2, 9 + 4 * 99)),
        (H + "layers:\n" + "- " * 1500, (3, 1 + 2 * 99)),
        (H + "layers:\n" + "".join(" " * n + "a:\n" for n in range(1, 200)), (102, 101)),
        (H + "layers: [" + "\n[" * 2000, (101, 1)),
        (H + "a: @\nlayers: " + "[" * 1500, None),
        (H + "layers: " + "[" * 99 + "]" * 99 + "@" + "[" * 2000, None),
    ],
)
@pytest.mark.usefixtures("either_parser")
def test_too_deep(text: str, place: tuple[int, int] | None) -> None:
    error = error_of(text)
    assert error.place is not None
    if place is None:
        assert error.message.startswith("not valid YAML: ")
    else:
        assert error.message == "more than 100 levels of nesting"
        assert (error.place.line, error.place.column) == place


def test_aliases_count_as_deep_as_what_they_stand_for() -> None:
    inner = "p: &p " + "[" * 60 + "]" * 60
    fits = f"{H}layers: [relu]\nparameters:\n  {inner}\n  q: {'[' * 38}*p{']' * 38}\n"
    assert names(cnncalc.load(fits)) == ["relu_1"]
    too_deep = f"{H}layers: [relu]\nparameters:\n  {inner}\n  q: {'[' * 39}*p{']' * 39}\n"
    assert error_of(too_deep).message == "with `*p`, more than 100 levels of nesting"


def test_a_chain_of_aliases_is_no_way_around() -> None:
    chain = [f"  a{n}: &a{n} {'[' * 90}*a{n - 1}{']' * 90}" for n in range(1, 40)]
    text = H + "parameters:\n  a0: &a0 [1]\n" + "\n".join(chain) + "\nlayers: [relu]\n"
    assert "more than 100 levels" in error_of(text).message


def test_an_alias_bomb() -> None:
    lines = ["  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    error = error_of(H + "layers: [relu]\nparameters:\n" + "\n".join(lines) + "\n")
    assert error.message == "aliases repeat more than 100,000 values"
    assert error.place is not None
    assert error.place.line == 9


def test_aliases_are_used() -> None:
    text = H + "layers:\n  - conv2d: &c {out_channels: 4, kernel_size: 1}\n  - conv2d: *c\n  - *t\n"
    assert error_of(text).message == "`*t` refers to no anchor `&t` above"
    assert names(cnncalc.load(text.replace("  - *t\n", ""))) == ["conv2d_1", "conv2d_2"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str, tmp_path: Path) -> None:
    text = end.join(["# a comment", "input: 3x8x8", "layers:", "  - relux", ""])
    path = tmp_path / "net.yaml"
    path.write_bytes(text.encode())
    for source in (text + "\n", str(path)):
        with pytest.raises(CnncalcError) as caught:
            cnncalc.load(source)
        place = caught.value.place
        assert place is not None
        assert place[1:] == (4, 5, 5, "  - relux")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_old_line_ends_are_none(mark: str) -> None:
    error = error_of(H + f"# one{mark}two\nlayers: [relux]\n")
    assert error.place == Place("<text>", 3, 10, 5, "layers: [relux]")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    path = tmp_path / "net.yaml"
    path.write_bytes((mark + "name: Überzug\n" + H + "layers: [relu]\n").encode(encoding))
    assert cnncalc.load(path).name == "Überzug"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"input: 3x8x8\nlayers: [relu]\nname: \xff\n", "{path}:3: not UTF-8: byte 0xff"),
        (b"name: \xc3", "{path}:1: not UTF-8: byte 0xc3"),
        (b"\xff\xfea", "{path}:1: not UTF-16: byte 0x61"),
        (b"", "{path} is empty"),
        (b"\x89PNG\r\n\x1a\n", "{path} is an image, and a spec is YAML"),
    ],
)
def test_files_that_are_no_text(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(path)
    assert caught.value.message == message.format(path=path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CnncalcError, match="is a folder, and a spec is a file"):
        cnncalc.load(tmp_path)
    with pytest.raises(CnncalcError, match="there is no file"):
        cnncalc.load(tmp_path / "none.yaml")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as file:
        file.truncate(40 * 2**20)
    with pytest.raises(CnncalcError, match="is larger than 32 MiB"):
        cnncalc.load(path)


@pytest.mark.parametrize(("name", "what"), [("net.pth", "a model of PyTorch"), ("net.npy", "an array of NumPy")])
def test_a_large_file_of_another_kind_is_called_what_it_is(name: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(40 * 2**20)
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(path)
    assert caught.value.message == f"{path} is {what}, and a spec is YAML"
