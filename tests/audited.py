"""Reads which actions a module's source writes into the audit trail."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import product

# Who writes a row.
RECORDERS = {"record_audit", "record_audits", "audit_entry", "AuditEntry"}
# These pass on what they are given; who calls them is read itself.
PASSING_ON = {"record_audit", "record_audits", "audit_entry"}

Scope = ast.FunctionDef | ast.Module


def actions_in(source: str, variables: Mapping[str, Collection[str]]) -> Iterator[tuple[int, str]]:
    """Yield line and code of each action that is recorded.

    Follows constants, assignments and parameters within the module; ``variables`` says what other
    expressions can be. Raises LookupError for what is neither.
    """
    reader = _Reader(ast.parse(source), variables)
    for scope, call in reader.calls:
        name = _name_of(call)
        if name not in RECORDERS or (isinstance(scope, ast.FunctionDef) and scope.name in PASSING_ON):
            continue
        for action in reader.values(_argument(call, "action", None), scope):
            yield call.lineno, action


class _Reader:
    def __init__(self, tree: ast.Module, variables: Mapping[str, Collection[str]]) -> None:
        self.tree = tree
        self.variables = variables
        self.calls = list(_calls(tree, tree))

    def values(self, node: ast.expr, scope: Scope) -> list[str]:
        """Return all that an expression can be in a function."""
        text = ast.unparse(node)
        if text in self.variables:
            return list(self.variables[text])
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            return [*self.values(node.body, scope), *self.values(node.orelse, scope)]
        if isinstance(node, ast.JoinedStr):
            parts = [
                self.values(part.value if isinstance(part, ast.FormattedValue) else part, scope)
                for part in node.values
            ]
            return ["".join(one) for one in product(*parts)]
        if isinstance(node, ast.Name):
            return self._named(node.id, scope)
        raise LookupError(f"line {node.lineno}: what can {text} be?")

    def _named(self, name: str, scope: Scope) -> list[str]:
        found = [value for place in (scope, self.tree) for value in self._assigned(name, place)]
        if isinstance(scope, ast.FunctionDef):
            found += self._passed(name, scope)
        if not found:
            raise LookupError(f"line {scope.body[0].lineno}: what can {name} be?")
        return found

    def _assigned(self, name: str, scope: Scope) -> Iterator[str]:
        nodes = scope.body if isinstance(scope, ast.Module) else ast.walk(scope)
        for node in nodes:
            if isinstance(node, ast.Assign) and any(ast.unparse(one) == name for one in node.targets):
                yield from self.values(node.value, scope)

    def _passed(self, name: str, function: ast.FunctionDef) -> Iterator[str]:
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if name not in (*names, *(one.arg for one in function.args.kwonlyargs)):
            return
        place = names.index(name) if name in names else None
        for scope, call in self.calls:
            if _name_of(call) == function.name:
                yield from self.values(_argument(call, name, place), scope)


def _calls(node: ast.AST, scope: Scope) -> Iterator[tuple[Scope, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield scope, child
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else scope)


def _name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _argument(call: ast.Call, name: str, place: int | None) -> ast.expr:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place is not None and len(call.args) > place:
        return call.args[place]
    raise LookupError(f"line {call.lineno}: where is {name} in {ast.unparse(call)}?")
