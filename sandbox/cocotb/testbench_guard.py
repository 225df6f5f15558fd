"""The guard on testbenches that nobody vouches for: what their source may not reach.

A testbench drives inputs, waits, and compares outputs. It has no business with files, processes,
Python's own insides or cocotb's. Modules are refused unless listed, so that one nobody thought of
is a refusal. The guard reads the syntax tree and knows no values: it stops what reaches out, and
cannot tell a test that checks nothing from one that does.
"""

import ast
from collections.abc import Iterator

from hdlsmith.design import SourceFile
from hdlsmith.sandbox.cocotb.testbench import module_name, parse

MAX_CHARS = 1 << 18
"""A longer testbench is refused: no honest one comes near."""

_MODULES = frozenset(
    "cocotb cocotb.clock cocotb.handle cocotb.queue cocotb.result cocotb.simtime cocotb.task "  # noqa: SIM905
    "cocotb.triggers cocotb.types cocotb.utils "
    "__future__ abc binascii bisect collections collections.abc copy dataclasses decimal enum "
    "fractions functools hashlib heapq itertools json math numbers random re statistics struct "
    "textwrap typing zlib".split()
)
"""cocotb's public modules, and those of the library that compute and nothing else."""

_BUILTINS = frozenset(
    "breakpoint compile delattr eval exec exit globals help input locals open quit setattr vars"  # noqa: SIM905
    "".split()
)
_LOOKUPS = ("getattr", "hasattr")
_INSIDES = frozenset(
    # modules that the listed ones hold under a public name
    "asyncio bltns builtins codecs contextlib copyreg debug decoder encoder inspect keyword "  # noqa: SIM905
    "logging regression scanner simulator sys warnings "
    # ways to make code, or to have text evaluated
    "CodeType FunctionType ForwardRef get_type_hints singledispatch singledispatchmethod".split()
)
_OBJECTS = ("cr_", "gi_", "ag_", "tb_", "f_", "co_")  # of coroutines, tracebacks, frames, code
_KNOWN_PRIVATE = frozenset("_name _path _id _log _type _range __name__ __init__".split())  # noqa: SIM905


def refusals(files: tuple[SourceFile, ...]) -> tuple[str, ...]:
    """What these files do that they may not, each as `tests.py:3: imports os`.

    A file that can't be parsed is none of the guard's business: Python won't run it either.
    """
    modules = _MODULES | {module_name(file) for file in files}
    found: list[str] = []
    for file in files:
        if len(file.text) > MAX_CHARS:
            found.append(f"{file.path}: has more than {MAX_CHARS} characters")
        elif tree := parse(file):
            reader = _Reader(modules, _bound_by_imports(tree))
            found += (
                f"{file.path}:{getattr(node, 'lineno', 1)}: {reason}"
                for node in ast.walk(tree)
                for reason in reader.reasons(node)
            )
    return tuple(found)


class _Reader:
    """Judges one node after the other, outer before inner."""

    def __init__(self, modules: frozenset[str], imported: frozenset[str]) -> None:
        self._modules = modules
        self._imported = imported
        self._fine: set[ast.AST] = set()

    def reasons(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Import(names=names):
                strange = (n.name for n in names if n.name not in self._modules)
                yield from (f"imports {name}" for name in strange)
            case ast.ImportFrom(module=module, names=names, level=level):
                if level or module not in self._modules:
                    yield f"imports from {'.' * level}{module or ''}"
                yield from (f"imports {n.name}" for n in names if _is_inside(n.name))
            case ast.Call(func=ast.Name(id=name) as called, args=[_, looked_up, *_]):
                if name in _LOOKUPS and _is_plain(looked_up):
                    self._fine.add(called)
            case ast.Name(id=name):
                looks_up = name in _LOOKUPS and node not in self._fine
                if looks_up or name in _BUILTINS | _INSIDES or _is_dunder(name):
                    yield f"uses {name}"
            case ast.Attribute(value=owner, attr=name, ctx=context):
                own = isinstance(owner, ast.Name) and owner.id == "self" and not _is_dunder(name)
                if _is_inside(name) and not own:
                    yield f"reaches for .{name}"
                elif not isinstance(context, ast.Load) and _root(owner) in self._imported:
                    yield f"changes {ast.unparse(node)}"
            case ast.MatchClass(kwd_attrs=names):
                yield from (f"reaches for .{name}" for name in names if _is_inside(name))


def _bound_by_imports(tree: ast.Module) -> frozenset[str]:
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
    return frozenset(a.asname or a.name.split(".")[0] for node in nodes for a in node.names)


def _is_inside(name: str) -> bool:
    if name in _KNOWN_PRIVATE:
        return False
    return name.startswith(("_", *_OBJECTS)) or name in _INSIDES


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name not in ("__name__", "__debug__")


def _is_plain(name: ast.expr) -> bool:
    """Whether a looked-up name can be read off, at least its start: `"q"`, `f"data_{i}"`."""
    match name:
        case ast.Constant(value=str(text)) | ast.JoinedStr(values=[ast.Constant(value=text), *_]):
            return bool(text) and not _is_inside(str(text))
    return False


def _root(owner: ast.expr) -> str:
    while isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
    return owner.id if isinstance(owner, ast.Name) else ""
