"""The dataflow that pyverilog finds in Verilog texts; runs in the cage, imports nothing of ours.

    python pyverilog_child.py TEXTS ANSWERS SECONDS

TEXTS is a JSON list of texts, ANSWERS gets a JSON list with what `_answer` says of each.

A module is given to pyverilog in portions, because as a whole many are too much for it: its trees
grow exponentially, and with each `if` it adds that `if` to what was assigned before it. A portion
holds one branch of each choice among generate blocks, and of each process the assignments of one
variable. What all portions together show is the module's dataflow.
"""

import contextlib
import copy
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyverilog.dataflow import dataflow
from pyverilog.dataflow.bindvisitor import BindVisitor
from pyverilog.dataflow.modulevisitor import ModuleVisitor
from pyverilog.dataflow.signalvisitor import SignalVisitor
from pyverilog.dataflow.visit import primitives
from pyverilog.vparser import ast
from pyverilog.vparser.parser import VerilogParser

_BODIES = ("items", "statements", "statement", "true_statement", "false_statement", "caselist")
Name = tuple[tuple[str, str], ...]
"""Scopes and name, each with its type."""

Pairs = dict[Name, set[Name]]
"""What is driven, and what it is made of."""

_CONSTANTS = {"Parameter", "Localparam", "Genvar"}


def main(texts: str, answers: str, seconds: int) -> None:
    """Analyse them all; the parser and each module have so many CPU seconds."""
    sys.setrecursionlimit(16 * 1024)
    found = []
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        parser = VerilogParser(outputdir=".", debug=False)
        for text in json.loads(Path(texts).read_text()):
            found.append(_forked(_answer, seconds, parser, text, seconds))
    Path(answers).write_text(json.dumps(found))


def _forked(work: Callable[..., Any], seconds: int, *arguments: Any) -> Any:
    """What a function returns in a process that has so many CPU seconds."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            found = work(*arguments)
        except Exception as error:
            found = {"failure": f"{type(error).__name__} {error}".strip()}
        with open(into, "w") as pipe:  # noqa: PTH123 - an open descriptor
            json.dump(found, pipe)
        os._exit(0)
    os.close(into)
    with open(out) as pipe:  # noqa: PTH123 - an open descriptor
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told) if told else {"failure": f"no answer in {seconds} CPU s"}


def _answer(parser: Any, text: str, seconds: int) -> dict[str, Any]:
    """`modules`: by name, what `_dataflow` found; or `failure`, of a module or of the whole."""
    if not text.strip():
        return {"modules": {}}  # a header
    tree = parser.parse(text)
    signal.setitimer(signal.ITIMER_PROF, 0)  # from here on each module has its own
    modules = [node for node in tree.description.definitions if isinstance(node, ast.ModuleDef)]
    return {"modules": {node.name: _forked(_dataflow, seconds, node) for node in modules}}


def _dataflow(module: Any) -> dict[str, Any]:
    """`pairs` of names (driven, read); `driven`, all that is; `constants`; and `loops`, the names
    that count loops."""
    _mend(module)
    pairs: Pairs = {}
    constants: set[str] = set()
    for number in range(_variants(module)):
        chosen = _chosen(module, number)
        for position in range(max(1, _most_assigned(chosen))):
            _analyse(_portion(chosen, position), pairs, constants)
    pairs = _seen_through(pairs, ("always",))
    return {
        "pairs": sorted({(d[-1][0], r[-1][0]) for d, reads in pairs.items() for r in reads}),
        "driven": sorted({driven[-1][0] for driven in pairs}),
        "constants": sorted(constants),
        "loops": sorted(_loop_names(module)),
    }


def _analyse(module: Any, pairs: Pairs, constants: set[str]) -> None:
    """Add what pyverilog says of a portion: by name in its scope, the names it is made of."""
    table = ModuleVisitor()
    table.visit(module)
    modules = table.get_moduleinfotable()
    signals = SignalVisitor(modules, module.name)
    signals.start_visit()
    binds = BindVisitor(modules, module.name, signals.getFrameTable())
    binds.start_visit()
    flow = binds.getDataflows()
    terms = flow.getTerms()
    found: Pairs = {}
    for driven, made in flow.getBinddict().items():
        reads: set[Any] = set()
        for bind in made:
            for tree in (bind.tree, bind.msb, bind.lsb, bind.ptr):
                _terms(tree, reads)
        found.setdefault(_own(driven, terms), set()).update(_own(read, terms) for read in reads)
    for driven, reads in _seen_through(found, ("functioncall", "taskcall", "while")).items():
        pairs.setdefault(driven, set()).update(reads)
    constants.update(
        name[-1].scopename for name, term in terms.items() if term.termtype & _CONSTANTS
    )


def _own(name: Any, terms: Any) -> Name:
    """A name with its scopes; a value that a variable has for a while is known by its type."""
    kind = "while" if "Rename" in terms[name].termtype else "signal"
    scopes = ((scope.scopename, scope.scopetype) for scope in name[:-1])
    return (*scopes, (name[-1].scopename, kind))


def _seen_through(pairs: Pairs, types: tuple[str, ...]) -> Pairs:
    """Without variables of such types: what is made of them is made of what they are made of."""

    def is_local(name: Name) -> bool:
        return any(kind in types for _, kind in name)

    def made_of(name: Name, seen: set[Name]) -> Iterator[Name]:
        for read in pairs.get(name, ()):
            if not is_local(read):
                yield read
            elif read not in seen:
                seen.add(read)
                yield from made_of(read, seen)

    return {driven: set(made_of(driven, set())) for driven in pairs if not is_local(driven)}


def _terms(tree: Any, found: set[Any]) -> None:
    if isinstance(tree, dataflow.DFTerminal):
        found.add(tree.name)
        return
    for attribute in ("condnode", "truenode", "falsenode", "var", "msb", "lsb", "ptr"):
        inner = getattr(tree, attribute, None)
        if inner is not None:
            _terms(inner, found)
    for inner in getattr(tree, "nextnodes", ()):
        _terms(inner, found)


def _mend(node: Any) -> None:
    """Leave out instances of modules, and work around two faults of pyverilog 1.3.0: it forgets
    that `casez` decides anything, and it can't compare strings."""
    if isinstance(node, ast.CasezStatement):
        node.__class__ = ast.CasexStatement
    elif isinstance(node, ast.StringConst):
        node.__class__ = ast.IntConst
        node.value = str(int.from_bytes(node.value.encode()[:4], "big"))
    for attribute in ("items", "statements"):
        inner = getattr(node, attribute, None)
        if isinstance(inner, tuple):
            setattr(node, attribute, tuple(i for i in inner if not _is_instance(i)))
    for child in _children(node):
        _mend(child)


def _is_instance(node: Any) -> bool:
    return isinstance(node, ast.InstanceList) and node.module not in primitives


def _children(node: Any) -> list[Any]:
    return [child for child in node.children() if isinstance(child, ast.Node)]


def _loop_names(node: Any) -> set[str]:
    found = {node.pre.left.var.name} if isinstance(node, ast.ForStatement) else set()
    return found.union(*map(_loop_names, _children(node)))


def _branches(node: Any) -> list[Any]:
    """What a generate statement chooses from, or nothing."""
    if isinstance(node, ast.IfStatement):
        return [b for b in (node.true_statement, node.false_statement) if b is not None]
    if isinstance(node, ast.CaseStatement):
        return [case.statement for case in node.caselist]
    return []


def _is_behaviour(node: Any) -> bool:
    """Inside, an `if` is a statement and chooses nothing."""
    return isinstance(node, (ast.Always, ast.Function, ast.Task))


def _variants(node: Any) -> int:
    """How many ways of choosing it takes until each branch was chosen."""
    if _is_behaviour(node):
        return 1
    branches = _branches(node)
    if branches:
        return sum(map(_variants, branches))
    return max([1, *map(_variants, _children(node))])


def _chosen(node: Any, number: int) -> Any:
    """A module with one branch of each choice in it."""
    if _is_behaviour(node):
        return node
    branches = _branches(node)
    if branches:
        number %= sum(map(_variants, branches))
        for branch in branches:
            if number < _variants(branch):
                return _chosen(branch, number)
            number -= _variants(branch)
    return _rebuilt(node, lambda inner: _chosen(inner, number))


def _rebuilt(node: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a node with its statements changed; those that become None are left out."""
    node = copy.copy(node)
    for attribute in _BODIES:
        inner = getattr(node, attribute, None)
        if isinstance(inner, (tuple, list)):
            changed = [change(i) for i in inner]
            setattr(node, attribute, tuple(i for i in changed if i is not None))
        elif isinstance(inner, ast.Node):
            setattr(node, attribute, change(inner) or ast.Block(()))
    return node


def _most_assigned(node: Any) -> int:
    """How many variables that process assigns which assigns the most."""
    if isinstance(node, ast.Always):
        return len(_assigned(node))
    return max([0, *map(_most_assigned, _children(node))])


def _assigned(node: Any) -> dict[str, None]:
    """The variables that a statement assigns, in order, without those that count its loops."""
    if isinstance(node, ast.Substitution):
        return dict.fromkeys(_targets(node.left.var))
    bodies = [node.statement] if isinstance(node, ast.ForStatement) else _children(node)
    return {name: None for body in bodies for name in _assigned(body)}


def _targets(left: Any) -> list[str]:
    if isinstance(left, ast.LConcat):
        return [name for part in left.list for name in _targets(getattr(part, "var", part))]
    while not isinstance(left, ast.Identifier):
        left = left.var
    return [left.name]


def _portion(node: Any, position: int) -> Any:
    """A module in which each process assigns one variable, that at the position."""
    if isinstance(node, ast.Always):
        names = list(_assigned(node))
        if position >= len(names):
            return None
        return _rebuilt(node, lambda inner: _only(inner, names[position]))
    if _is_behaviour(node):
        return node
    if position and isinstance(node, ast.Assign):
        return None  # it was in the first portion
    return _rebuilt(node, lambda inner: _portion(inner, position))


def _only(node: Any, name: str) -> Any:
    """A statement without the assignments of other variables; None if nothing is left of it."""
    if isinstance(node, ast.Case):
        return _rebuilt(node, lambda inner: _only(inner, name))
    if isinstance(node, (ast.Decl, ast.Variable)):
        return node
    if name not in _assigned(node):
        return None
    if isinstance(node, ast.CaseStatement):
        # Labels behind the last one that assigns it have no say in it.
        last = max(i for i, case in enumerate(node.caselist) if name in _assigned(case))
        node = copy.copy(node)
        node.caselist = node.caselist[: last + 1]
    return _rebuilt(node, lambda inner: _only(inner, name))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
