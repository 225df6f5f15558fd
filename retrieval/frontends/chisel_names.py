"""Chisel: what the dotted names inside one class stand for.

A port is named as its module uses it, `io.en`; a port of an instance is a net of the module
around it, `child.io.en`, which the instance connects to its `io.en`.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from hdlsmith.retrieval.frontends.trees import UNKNOWN, Draft, Scope
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

Path = tuple[str, ...]

REGISTERS = frozenset(("Reg", "RegInit", "RegNext", "RegEnable", "RegNextWhen", "ShiftRegister"))
MEMORIES = frozenset(("Mem", "SyncReadMem", "SeqMem"))
WIRES = frozenset(("Wire", "WireInit", "WireDefault"))
INSTANCES = frozenset(("Module", "LazyModule"))

_TRANSPARENT_CALLS = frozenset(("dontTouch", "withClock", "withReset", "withClockAndReset"))


class Register(NamedTuple):
    """Positions of a register's clock and reset, UNKNOWN for none, and the reset's edge."""

    clock: int
    reset: int
    reset_edge: str


class Names:
    """Names of one class.

    Args:
        owner: position of its node.
        inherited: the names of its base class, where that is in the file.
    """

    def __init__(self, draft: Draft, owner: int, inherited: Scope | None) -> None:
        self.draft = draft
        self.owner = owner
        self.scope = Scope(inherited)
        self.instances: dict[str, int] = {}
        self.registers: dict[int, Register] = {}
        self.aliases: dict[str, Path] = {}
        self.views: dict[str, Path] = {}

    def values(self, expression: "Syntax", scope: Scope) -> list[int]:
        """Ports, signals and parameters that the expression reads."""
        found: list[int] = []
        for path, syntax in self._paths(expression):
            found += self.resolve(path, syntax, scope)
        return found

    def resolve(self, path: Path, syntax: "Syntax", scope: Scope) -> list[int]:
        """The named values of a dotted name: the longest part of it that is one, or all that it
        is the beginning of (`io` of `io.a`).
        """
        path = self.expanded(path)
        for length in range(len(path), 0, -1):
            position = scope.find(".".join(path[:length]))
            if position != UNKNOWN:
                return [position]
        if path[0] in self.instances:
            return [self._net(path, syntax)]
        beginning = f"{'.'.join(path)}."
        return [at for name, at in self.scope.names.items() if name.startswith(beginning)]

    def see_through(self, name: str, path: Path) -> bool:
        """Take in `val name = path`: who drives the one drives the other. Whether the name is but
        another one for an instance or its `io`, and no value of its own.
        """
        path = self.expanded(path)
        if path[0] in self.instances and path[1:] in ((), ("io",)):
            self.aliases[name] = path
            return True
        self.views[name] = self.viewed(path)
        return False

    def viewed(self, path: Path) -> Path:
        """What driving this name drives: `io.bus.ready` of `bus.ready` after `val bus = io.bus`."""
        return (*self.views.get(path[0], path[:1]), *path[1:])

    def expanded(self, path: Path) -> Path:
        """The name with an alias (`val uart = child.io`) replaced by what it stands for."""
        return (*self.aliases.get(path[0], path[:1]), *path[1:])

    def _net(self, path: Path, syntax: "Syntax") -> int:
        length = 3 if path[1:2] == ("io",) else 2
        name = ".".join(path[:length])
        net = self.scope.find(name)
        if net == UNKNOWN:
            instance, port = path[0], ".".join(path[1:length])
            net = self.draft.add(Kind.SIGNAL, name, self.owner, syntax, f"port of {instance}")
            self.scope.declare(name, net)
            line = syntax.start_point.row + 1
            edge = Edge(EdgeKind.CONNECTS, self.instances[instance], net, name=port, line=line)
            self.draft.link(edge)
        return net

    def _paths(self, expression: "Syntax") -> "Iterator[tuple[Path, Syntax]]":
        stack = [expression]
        while stack:
            syntax = stack.pop()
            what = syntax.type
            if what == "identifier":
                yield (self.draft.text(syntax),), syntax
            elif what == "field_expression":
                path, root = path_of(self.draft, syntax)
                if path:
                    yield path, syntax
                elif root is not None:
                    stack.append(root)
            elif what == "assignment_expression":  # a named argument
                stack += syntax.named_children[:0:-1]
            elif what != "instance_expression" or syntax.named_child_count > 1:
                stack += syntax.named_children[::-1]


def path_of(draft: Draft, syntax: "Syntax") -> "tuple[Path, Syntax | None]":
    """`("io", "a")` of `io.a`; of `f(x).a` an empty path and the `f(x)` it begins with."""
    names: list[str] = []
    here: Syntax | None = syntax
    while here is not None and here.type == "field_expression":
        field = here.child_by_field_name("field")
        names.append(draft.text(field) if field is not None else "")
        here = here.child_by_field_name("value")
    if here is None or here.type != "identifier":
        return (), here
    return (draft.text(here), *names[::-1]), None


def base_of(draft: Draft, target: "Syntax") -> "tuple[Path, list[Syntax]]":
    """The name that `io.vec(i).bits` assigns to, `("io", "vec")`, and its indices, `(i)`."""
    indices: list[Syntax] = []
    syntax: Syntax | None = target
    path: Path = ()
    while syntax is not None:
        path, inner = path_of(draft, syntax)
        if path:
            break
        if inner is not None and inner.type == "call_expression":
            arguments = inner.child_by_field_name("arguments")
            indices += [arguments] if arguments is not None else []
            syntax = inner.child_by_field_name("function")
        else:
            break
    return path, indices


def function_of(draft: Draft, call: "Syntax") -> str:
    """`RegInit` of `RegInit[UInt](0.U)(x)`; empty where no plain name is called."""
    syntax: Syntax | None = call
    while syntax is not None and syntax.type in ("call_expression", "generic_function"):
        syntax = syntax.child_by_field_name("function")
    return draft.text(syntax) if syntax is not None and syntax.type == "identifier" else ""


def constructor(draft: Draft, value: "Syntax") -> "tuple[str, Syntax]":
    """The call that makes a value: `Wire` of `dontTouch(Wire(Bool())).suggestName("x")`."""
    syntax: Syntax | None = value
    while syntax is not None:
        if syntax.type == "field_expression":
            syntax = syntax.child_by_field_name("value")
        elif syntax.type in ("call_expression", "generic_function"):
            name = function_of(draft, syntax)
            if name and name not in _TRANSPARENT_CALLS:
                return name, syntax
            if name:
                inner = arguments_of(syntax)
                syntax = inner[-1] if inner else None
            else:
                syntax = syntax.child_by_field_name("function")
        else:
            break
    return "", value


def arguments_of(call: "Syntax") -> "list[Syntax]":
    """Arguments of a call, in order; of a curried one the last list's."""
    given = call.child_by_field_name("arguments")
    return [part for part in given.named_children if not part.is_extra] if given else []


def calls_in(draft: Draft, syntax: "Syntax", names: Iterable[str]) -> "Iterator[Syntax]":
    """Calls of functions of those names anywhere inside."""
    wanted = frozenset(names)
    stack = [syntax]
    while stack:
        inner = stack.pop()
        if inner.type == "call_expression" and function_of(draft, inner) in wanted:
            yield inner
        stack += inner.named_children[::-1]
