"""Functions on the expression trees of `Traced` numbers: names, values for symbols, and comparison."""

from __future__ import annotations

from operator import is_not
from typing import TYPE_CHECKING

from cnncalc.symbolic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

Tree = int | float
"""A `Traced` number or a constant, which is the tree of itself."""


def is_symbol(tree: Tree) -> bool:
    """Whether a tree is a single symbol, or has a name and so is shown as one."""
    return isinstance(tree, Traced) and tree.operator in ("", "named")


def definitions(tree: Tree) -> Iterator[Traced]:
    """The named parts of a tree, each after the named parts in it; a name may come more than once.

    >>> from cnncalc.geometry.window import Window
    >>> from cnncalc.symbolic.traced import as_symbol
    >>> window = Window(as_symbol(3, "kernel_size"), dilation=as_symbol(2, "dilation"))
    >>> [part.name for part in definitions(window.positions(as_symbol(8, "H_in")))]
    ['extent', 'positions']
    """
    if not isinstance(tree, Traced):
        return
    for part in tree.parts:
        yield from definitions(part)
    if tree.operator == "named":
        yield tree


def unnamed(tree: int) -> int:
    """The tree without the name that its root has; as it is where it has none."""
    if isinstance(tree, Traced) and tree.operator == "named":
        part: int = tree.parts[0]
        return part
    return tree


def replace_name(tree: int, name: str, other: str) -> int:
    """The tree with another name wherever it shows `name`.

    >>> from cnncalc.symbolic.traced import as_symbol
    >>> replace_name(as_symbol(55, "positions") - 1, "positions", "H_out").parts[0].name
    'H_out'
    """
    if not isinstance(tree, Traced):
        return tree
    if is_symbol(tree):
        return Traced(tree, tree.operator, tree.parts, other, tree.input_size) if tree.name == name else tree
    parts = tuple(replace_name(part, name, other) for part in tree.parts)
    return Traced(tree, tree.operator, parts) if any(map(is_not, parts, tree.parts)) else tree


def with_numbers(tree: Tree) -> Tree:
    """The tree with the numbers in place of all symbols and names.

    A symbol that is 0 and is added or subtracted, such as padding, is left out, and sizes that must be equal become the
    one number that they are.

    >>> from cnncalc.symbolic.traced import as_symbol
    >>> tree = with_numbers(as_symbol(227, "H_in") + 2 * as_symbol(0, "padding") - as_symbol(11, "kernel_size"))
    >>> tree, tree.operator, tree.parts
    (216, '-', (227, 11))
    """
    if not isinstance(tree, Traced):
        return tree
    if is_symbol(tree) or is_equality(tree):
        return int(tree)
    kept = _without_zeros(tree)
    if kept is not tree:
        return with_numbers(kept)
    return Traced(tree, tree.operator, tuple(map(with_numbers, tree.parts)))


def is_equality(tree: Traced) -> bool:
    """Whether a tree of broadcast sizes says that they have to be equal: none of them is 1 beside larger ones."""
    return tree.operator == "broadcast" and len(set(map(int, tree.parts))) == 1


def _without_zeros(tree: Traced) -> Tree:
    """A sum or difference without the parts that are 0 because a symbol in them is; the tree itself if none is."""
    if tree.operator == "-" and _is_zero(tree.parts[1]):
        part: Tree = tree.parts[0]
        return part
    if tree.operator != "+" or not any(map(_is_zero, tree.parts)):
        return tree
    kept = tuple(part for part in tree.parts if not _is_zero(part)) or tree.parts[:1]
    return Traced(tree, "+", kept) if len(kept) > 1 else kept[0]


def _is_zero(tree: Tree) -> bool:
    """Whether a tree is a symbol that stands for 0, or a product with one."""
    if tree != 0 or not isinstance(tree, Traced):
        return False
    return is_symbol(tree) or (tree.operator == "x" and any(map(_is_zero, tree.parts)))


def structure(tree: Tree, letter: str = "") -> Hashable:
    """The operators, symbols and constants of a tree: the same for trees that are the same formula, and for no others.

    What symbols stand for does not count. With the `letter` of an axis the sizes of that axis do not count by their
    letter, so that the height's formula and the width's are the same if each is made of its own sizes.

    >>> from cnncalc.symbolic.traced import as_symbol
    >>> height, width = as_symbol(20, "H_in") // 2 + 1, as_symbol(24, "W_in") // 2 + 1
    >>> structure(height) == structure(width), structure(height, "H") == structure(width, "W")
    (False, True)
    """
    if not isinstance(tree, Traced):
        return tree
    if is_symbol(tree):
        return tree.name.removeprefix(letter) if tree.name.startswith(f"{letter}_") else tree.name
    return (tree.operator, *(structure(part, letter) for part in tree.parts))
