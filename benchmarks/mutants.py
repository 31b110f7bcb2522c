"""Small wrong versions of a module: one comparison, constant, sign or branch changed in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

TINY = 1e-5
"""Numbers below only guard against rounding and division by zero: no test could tell."""
MANY = 20
"""Whole numbers below are counts and places and change by one; others by half."""
_OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_EXTREMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "nanmin": "nanmax",
    "nanmax": "nanmin", "argmin": "argmax", "argmax": "argmin", "nanargmax": "nanargmin",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed module: where, what, and its whole tree."""

    line: int
    change: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source, in the order of its lines.

    Left alone: the defaults of settings (calibration, not logic), annotations, words and
    numbers below ``TINY``.
    """
    n_sites = len(list(_sites(ast.parse(source))))
    for i in range(n_sites):
        n_ways = len(list(_sites(ast.parse(source)))[i][1])
        for way in range(n_ways):
            tree = ast.parse(source)
            node, ways = list(_sites(tree))[i]
            line, before = getattr(node, "lineno", 0), _shown(node)
            ways[way](node)
            yield Mutant(line, f"{before}  ->  {_shown(node)}", ast.fix_missing_locations(tree))


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node.test if isinstance(node, ast.If) else node)
    return text.splitlines()[0][:90]


def _sites(tree: ast.Module) -> Iterator[tuple[ast.AST, list]]:  # type: ignore[type-arg]
    for node in _logic(tree):
        ways = []
        if isinstance(node, ast.Compare):
            ways = [_flip_comparison(k) for k in range(len(node.ops))]
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _OPPOSITE:
            ways = [] if _is_guard(node) else [_flip_operator]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
            ways = [_drop_sign]
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            ways = [_more, _less] if abs(node.value) >= TINY or node.value == 0 else []
        elif isinstance(node, ast.Constant) and type(node.value) is bool:
            ways = [_flip_truth]
        elif isinstance(node, ast.If | ast.IfExp):
            ways = [_always(True), _always(False)]
        elif getattr(node, "id", getattr(node, "attr", None)) in _EXTREMES:
            ways = [_other_extreme]
        if ways:
            yield node, ways


def _is_guard(node: ast.BinOp | ast.BoolOp) -> bool:
    """Whether a sum only adds a number that guards against rounding."""
    right = getattr(node, "right", None)
    if not (isinstance(right, ast.Constant) and isinstance(right.value, int | float)):
        return False  # a union with None, say
    return 0 < abs(right.value) < TINY


def _logic(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module that compute: no annotations, decorators, class fields."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.arguments | ast.Import | ast.ImportFrom):
            continue
        if isinstance(tree, ast.ClassDef) and not isinstance(child, ast.FunctionDef):
            continue
        if isinstance(tree, ast.AnnAssign) and child is tree.annotation:
            continue
        if isinstance(tree, ast.FunctionDef) and (
            child is tree.returns or child in tree.decorator_list
        ):
            continue
        yield child
        yield from _logic(child)


def _flip_comparison(k: int):  # type: ignore[no-untyped-def]
    def change(node: ast.Compare) -> None:
        node.ops[k] = _OPPOSITE[type(node.ops[k])]()  # type: ignore[call-overload]

    return change


def _flip_operator(node: ast.BinOp | ast.BoolOp) -> None:
    node.op = _OPPOSITE[type(node.op)]()  # type: ignore[assignment]


def _drop_sign(node: ast.UnaryOp) -> None:
    node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _more(node: ast.Constant) -> None:
    is_count = isinstance(node.value, int) and abs(node.value) < MANY
    node.value = node.value + 1 if is_count else type(node.value)(node.value * 1.5) or 1.0


def _less(node: ast.Constant) -> None:
    is_count = isinstance(node.value, int) and abs(node.value) < MANY
    node.value = node.value - 1 if is_count else type(node.value)(node.value * 0.5) or -1.0


def _flip_truth(node: ast.Constant) -> None:
    node.value = not node.value


def _always(value: bool):  # type: ignore[no-untyped-def]
    def change(node: ast.If | ast.IfExp) -> None:
        node.test = ast.Constant(value)

    return change


def _other_extreme(node: ast.Name | ast.Attribute) -> None:
    if isinstance(node, ast.Name):
        node.id = _EXTREMES[node.id]
    else:
        node.attr = _EXTREMES[node.attr]
