"""What a network is called and where it is from stands in a docstring, whatever it is."""

from __future__ import annotations

import ast

import cnncalc
from cnncalc.exporting.code import WRITERS, code_of
from tests.rows import every_row

NAMES = ('"""', '"', "x\\", "\\", "'''", '"); import os #', "a\nimport os", "{x}", '\\"""', "\u202e", "x" * 300)


def program(name: str, target: str) -> str:
    return code_of(cnncalc.load({"name": name, "source": name, "input": "3x8x8", "layers": ["relu"]}), target)


@every_row("target", WRITERS)
@every_row("name", NAMES)
def test_no_name_ends_the_docstring(name: str, target: str) -> None:
    tree, harmless = ast.parse(program(name, target)), ast.parse(program("net", target))
    assert ast.get_docstring(tree)
    assert [type(node) for node in tree.body] == [type(node) for node in harmless.body]
    imports = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports == [ast.unparse(node) for node in harmless.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not any(call.startswith("os.") for call in calls)
