"""A reference model: what a design should do, in Python, as a model wrote it from the request."""

import ast
import builtins
import keyword
import re
from dataclasses import dataclass
from symtable import symtable

from hdlsmith.agent.consensus.stimuli import Stimuli
from hdlsmith.design import SourceFile
from hdlsmith.sandbox.cocotb.testbench_guard import refusals

NAME = "Reference"
_FENCED = re.compile(r"^[ \t]*`{3,}[^\n`]*\n(.*?)(?:^[ \t]*`{3,}|\Z)", re.DOTALL | re.MULTILINE)
_CLASS = re.compile(rf"^class {NAME}\b", re.MULTILINE)
_STARTS = re.compile(rf"^(?:import |from |class {NAME}\b)", re.MULTILINE)
_KEPT = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
_OURS = frozenset(
    "cocotb Timer CLOCK RESET ACTIVE INPUTS OUTPUTS SETTLED STIMULI cycles matches_the_reference"  # noqa: SIM905
    "".split()
)
"""Names of the test around it, see `testbench.j2`."""


@dataclass(frozen=True)
class Reference:
    """
    Attributes:
        text: Python source that defines the class `Reference`; empty where the answer holds none.
        refused: why it is not run; empty where it may be.
    """

    text: str
    refused: str = ""


def skeleton(stimuli: Stimuli) -> str:
    """What a model is asked to fill in."""
    inputs = [f'        {_variable(p.name)} = inputs["{p.name}"]' for p in stimuli.inputs]
    sizes = [f"  # {port.width_bits} bit{'s' * (port.width_bits > 1)}" for port in stimuli.inputs]
    unpacked = [line + size for line, size in zip(inputs, sizes, strict=True)]
    returned = ", ".join(f'"{port.name}": {_variable(port.name)}' for port in stimuli.outputs)
    lines = [f"class {NAME}:"]
    if stimuli.clock:
        lines += ["    def __init__(self):", "        ...  # the registers, as after a reset", ""]
    lines += ["    def outputs(self, inputs):", *unpacked, "        ..."]
    lines += [f"        return {{{returned}}}"]
    if stimuli.clock:
        lines += ["", "    def clock(self, inputs):", *unpacked, "        ..."]
    return "\n".join(lines)


def read_reference(answer: str, *, clocked: bool) -> Reference:
    """The class in a model's answer, with what it needs: imports, constants, functions, classes.

    All else that stands beside it, such as a try-out, is left behind.

    Args:
        clocked: it must have a `clock` beside its `outputs`.
    """
    code = _code(answer)
    if not code:
        return Reference("", f"the answer holds no class {NAME}")
    try:
        text = _definitions(code)
        missing = ({"outputs", "clock"} if clocked else {"outputs"}) - _methods(text)
        shadowed = _given_a_meaning(text) & _OURS.union(dir(builtins))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Reference("", f"it is no Python: {error}")
    if missing:
        return Reference(text, f"{NAME} has no {min(missing)}()")
    if shadowed:
        return Reference(text, f"it gives {min(shadowed)} another meaning")
    refused = refusals((SourceFile("reference.py", text, None),))
    return Reference(text, refused[0] if refused else "")


def _code(answer: str) -> str:
    """The last fenced block with the class; else what looks like code from its start on."""
    blocks = [match[1] for match in _FENCED.finditer(answer) if _CLASS.search(match[1])]
    if blocks:
        return blocks[-1]
    start = _STARTS.search(answer) if _CLASS.search(answer) else None
    return answer[start.start() :] if start else ""


def _definitions(code: str) -> str:
    """What defines something, comments inside it included."""
    lines = code.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = (n for n in ast.parse(code).body if isinstance(n, _KEPT) and not _tries_out(n))
    return "\n\n".join("\n".join(lines[_first(node) - 1 : node.end_lineno]) for node in kept)


def _methods(text: str) -> set[str]:
    """Of the class."""
    return {
        part.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == NAME
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }


def _tries_out(node: ast.stmt) -> bool:
    """`model = Reference()`."""
    assigns = isinstance(node, ast.Assign | ast.AnnAssign)
    return assigns and any(isinstance(n, ast.Name) and n.id == NAME for n in ast.walk(node))


def _first(node: ast.stmt) -> int:
    """The line it begins in; a decorator stands above the line that Python counts from."""
    decorated = isinstance(node, ast.ClassDef | ast.FunctionDef) and node.decorator_list
    return decorated[0].lineno if decorated else node.lineno


def _given_a_meaning(text: str) -> set[str]:
    """Names at the top level of a file that are its own, and those that functions reach up to."""
    symbols = symtable(text, NAME, "exec").get_symbols()
    reached = (node.names for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Global))
    own = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    return own.union(*reached)


def _variable(port: str) -> str:
    """A port's name as Python takes it: `in` is a word of its own there."""
    taken = keyword.iskeyword(port) or port in ("self", "inputs", *dir(builtins))
    return f"{port}_" if taken else port
