"""What a cocotb testbench is by its source: which tests it must report."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from hdlsmith.design import SourceFile

_MAKES_A_TEST = {"test", "parametrize", "xfail", "skipif"}


@dataclass(frozen=True)
class Testbench:
    """A testbench, read and not run.

    Attributes:
        modules: dotted names of the files that hold tests.
        once: plain tests, as `tests.counts`; each is reported exactly once.
        families: tests that are reported once a parameter set, as `tests.counts/width=8`.
        functions: every coroutine function, which a TestFactory could make tests of.
    """

    modules: tuple[str, ...]
    once: tuple[str, ...]
    families: tuple[str, ...]
    functions: tuple[str, ...]

    def missing(self, reported: list[str]) -> tuple[str, ...]:
        """Tests of the source that were not reported; both are told as `module.test`."""
        bases = {_base(test) for test in reported}
        return tuple(name for name in (*self.once, *self.families) if name not in bases)

    def made_up(self, reported: list[str]) -> tuple[str, ...]:
        """Tests reported more often than they exist."""
        known = (*self.once, *self.families)
        strange = (
            test
            for test in reported
            if _base(test) not in known and not any(name in test for name in self.functions)
        )
        return (*strange, *(name for name in dict.fromkeys(reported) if reported.count(name) > 1))


def read_testbench(files: tuple[SourceFile, ...]) -> Testbench:
    """What the source says of a testbench whose first file holds tests.

    A file that can't be parsed says nothing; Python will say why when it is run.
    """
    read = {module_name(file): _FileTests.of(file) for file in files}
    imported = {name for tests in read.values() for name in tests.imports}
    modules = tuple(
        name
        for place, (name, tests) in enumerate(read.items())
        if not place or (tests.found and name not in imported)
    )
    found = {
        f"{module}.{name}": many for module in modules for name, many in read[module].found.items()
    }
    return Testbench(
        modules,
        tuple(name for name, many in found.items() if not many),
        tuple(name for name, many in found.items() if many),
        tuple(name for tests in read.values() for name in tests.functions),
    )


@dataclass(frozen=True)
class _FileTests:
    """One file: test name -> whether it is parametrized; coroutine functions; imports."""

    found: dict[str, bool]
    functions: tuple[str, ...]
    imports: tuple[str, ...]

    @classmethod
    def of(cls, file: SourceFile) -> "_FileTests":
        tree = parse(file)
        if tree is None:
            return cls({}, (), ())
        decorators = _decorator_names(tree)
        found = {}
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                calls = [_call(expression) for expression in node.decorator_list]
                used = {decorators.get(name, ""): given for name, given in calls}
                if used.keys() & _MAKES_A_TEST:
                    name = used.get("test", {}).get("name", node.name)
                    found[name] = "parametrize" in used
        functions = (n.name for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef))
        return cls(found, tuple(functions), tuple(_imports(tree)))


def parse(file: SourceFile) -> ast.Module | None:
    """The syntax tree, or None where Python makes none of it."""
    try:
        return ast.parse(file.text, file.path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _decorator_names(tree: ast.Module) -> dict[str, str]:
    """How this file spells each of cocotb's decorators that make a test."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "cocotb":
                    here = alias.asname or alias.name
                    names |= {f"{here}.{name}": name for name in _MAKES_A_TEST}
        elif isinstance(node, ast.ImportFrom) and node.module == "cocotb":
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _call(expression: ast.expr) -> tuple[str, dict[str, str]]:
    """A decorator's dotted name, and the constant strings it is given by keyword."""
    given = {}
    if isinstance(expression, ast.Call):
        for keyword in expression.keywords:
            if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                given[keyword.arg or ""] = keyword.value.value
        expression = expression.func
    return ast.unparse(expression), given


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def module_name(file: SourceFile) -> str:
    """The dotted name by which a testbench imports the file."""
    return ".".join(PurePosixPath(file.path).with_suffix("").parts)


def _base(test: str) -> str:
    return test.split("/")[0]
