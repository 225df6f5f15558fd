"""The nouns of a module's anatomy: what is computed of it, each item with the place it stands at.

`compute.anatomy_of` makes them; `diagrams` draws state machines.
"""

from dataclasses import dataclass
from enum import StrEnum

from hdlsmith.design import Direction, SourceSpan
from hdlsmith.languages import Language


class Role(StrEnum):
    """What a port is for."""

    CLOCK = "clock"
    RESET = "reset"
    ENABLE = "enable"
    VALID = "valid"
    READY = "ready"
    REQUEST = "request"
    GRANT = "grant"
    ADDRESS = "address"
    INTERRUPT = "interrupt"
    WRITE_ENABLE = "write enable"
    SELECT = "select"
    ERROR = "error"
    TEST = "test"
    """Scan and test modes."""
    DATA = "data"
    """Whatever is none of the others."""


class Basis(StrEnum):
    """What says that a net is a clock or a reset, strongest first."""

    CODE = "code"
    """A process of this module is clocked or reset by it."""
    DERIVED = "derived"
    """It is gated, divided, inverted or copied into a net that clocks or resets one here."""
    BELOW = "below"
    """It leads to one in a module below."""
    NAME = "name"
    """It is called so, and nothing seen is clocked or reset by it."""


class Style(StrEnum):
    """How a reset acts."""

    ASYNCHRONOUS = "asynchronous"
    SYNCHRONOUS = "synchronous"
    UNKNOWN = "unknown"
    """Known by its name alone."""


@dataclass(frozen=True)
class PortItem:
    """A port with what it is for.

    Attributes:
        type: as declared, without direction and name; `why`: of the role.
    """

    name: str
    direction: Direction
    type: str
    role: Role
    why: str
    span: SourceSpan


@dataclass(frozen=True)
class Handshake:
    """Ports that pass something on when both agree.

    Attributes:
        valid, ready: names of ports; of a request and its grant these two.
        payload: as `valid`, of its stem.
    """

    valid: str
    ready: str
    payload: tuple[str, ...]
    span: SourceSpan


@dataclass(frozen=True)
class ParameterItem:
    """A parameter or generic.

    Attributes:
        default: as written; empty if it has none.
        is_local: a `localparam`, or a constant of the architecture.
    """

    name: str
    type: str
    default: str
    is_local: bool
    span: SourceSpan


@dataclass(frozen=True)
class Child:
    """An instance in the hierarchy below the module, parents before children, depth first.

    Attributes:
        parent: position in `Anatomy.children`; -1 for an instance in the module itself.
        depth: 1 for those.
        defined_at: of the module; None where its source was not given.
        condition: in Verilog, of the generate blocks around it; empty if there are none.
    """

    name: str
    module: str
    parent: int
    depth: int
    span: SourceSpan
    defined_at: SourceSpan | None
    condition: str = ""


@dataclass(frozen=True)
class Clock:
    """A net that clocks something.

    Attributes:
        edges: `posedge`, `negedge`: on which something happens; empty if only its name is known.
        registers: of this module, that it clocks.
        is_port: it comes from outside.
        derived_from: the nets it is made of in this module: a gated or divided clock.
        span: its declaration.
    """

    name: str
    edges: tuple[str, ...]
    registers: tuple[str, ...]
    is_port: bool
    derived_from: tuple[str, ...]
    basis: Basis
    why: str
    span: SourceSpan


@dataclass(frozen=True)
class Reset:
    """A net that resets something.

    Attributes:
        level: that resets: `0` or `1`.
        style: of the registers it resets; a net that resets some either way is two of these.
        registers: of this module, that it resets.
        derived_from: the nets it is made of in this module.
        span: its declaration.
    """

    name: str
    level: str
    style: Style
    registers: tuple[str, ...]
    is_port: bool
    derived_from: tuple[str, ...]
    basis: Basis
    why: str
    span: SourceSpan


@dataclass(frozen=True)
class Register:
    """A variable that keeps its value between clock edges.

    Attributes:
        clock: empty for a latch.
        edge: `posedge` or `negedge`; empty for a latch, and where generate blocks choose.
        reset: empty if nothing resets it.
        reset_value: as written; empty likewise.
        span: of the first assignment.
    """

    name: str
    clock: str
    edge: str
    reset: str
    reset_value: str
    span: SourceSpan


@dataclass(frozen=True)
class State:
    """A state of an FSM.

    Attributes:
        encoding: as written where it is defined (`2'b01`, `0`); of an enumeration without values
            its position; empty where the definition was not seen.
        span: where it is defined, or else first used.
    """

    name: str
    encoding: str
    span: SourceSpan


@dataclass(frozen=True)
class Transition:
    """A step of an FSM.

    Attributes:
        source: the state left; empty if it may be any.
        condition: what must hold beside being in `source`, as it is written; empty for always.
        span: of the assignment.
    """

    source: str
    target: str
    condition: str
    span: SourceSpan


@dataclass(frozen=True)
class Fsm:
    """A state machine.

    Attributes:
        register: the variable that holds the state.
        next_state: the variable it takes its next state from; the same in one process.
        reset_state: without a reset the state that the register is declared with; empty where
            neither is seen.
        transitions: staying in a state is one where the source says so.
        span: of the process with the transitions.
        last_line: of that process.
    """

    register: str
    next_state: str
    states: tuple[State, ...]
    reset_state: str
    transitions: tuple[Transition, ...]
    span: SourceSpan
    last_line: int


@dataclass(frozen=True)
class Latency:
    """How many clock cycles lie between an input and an output.

    Attributes:
        least_cycles: registers on the path with the fewest; 0 if a combinational path exists.
        most_cycles: on the longest path without a loop; None where it can't be counted.
        through: registers on the shortest path, in order.
        span: of the output's declaration.
    """

    source: str
    target: str
    least_cycles: int
    most_cycles: int | None
    through: tuple[str, ...]
    span: SourceSpan


@dataclass(frozen=True)
class Memory:
    """An array of words that is written at an address.

    Attributes:
        depth_words, width_bits: as written, `2**AW` or `1024`; empty where not seen.
        read_ports, write_ports: different addresses; `is_read_synchronously`: into a register.
        span: its declaration.
    """

    name: str
    depth_words: str
    width_bits: str
    read_ports: int
    write_ports: int
    is_read_synchronously: bool
    span: SourceSpan


@dataclass(frozen=True)
class CdcSuspect:
    """A register that is read on another clock than its own, without a synchroniser of two.

    Attributes:
        register, clock: what is read, and its clock.
        reader, reader_clock: the register that depends on it.
        span: where it is read.
    """

    register: str
    clock: str
    reader: str
    reader_clock: str
    why: str
    span: SourceSpan


@dataclass(frozen=True)
class Block:
    """A piece of code of the module: a process, an assignment, a function or an instance.

    Attributes:
        kind: `process`, `assign`, `function`, `instance`.
        drives, reads: names in the module.
        words: what it does in plain words, by rule.
        last_line: `span.line` to here.
        clocks: of a clocked process; `is_software`: `initial`, `final`.
        condition: of parameters, without which it is no part of the module; empty if none.
    """

    kind: str
    name: str
    drives: tuple[str, ...]
    reads: tuple[str, ...]
    words: str
    span: SourceSpan
    last_line: int
    clocks: tuple[str, ...] = ()
    is_software: bool = False
    condition: str = ""


@dataclass(frozen=True)
class Anatomy:
    """What a module is made of.

    Attributes:
        span: where the module begins; `last_line` is where it ends.
        text: the source file, whole: what all spans of its path point into.
        notes: what limits it: lines that could not be parsed, modules that were not given.
    """

    module: str
    language: Language
    span: SourceSpan
    last_line: int
    text: str
    ports: tuple[PortItem, ...] = ()
    handshakes: tuple[Handshake, ...] = ()
    parameters: tuple[ParameterItem, ...] = ()
    children: tuple[Child, ...] = ()
    clocks: tuple[Clock, ...] = ()
    resets: tuple[Reset, ...] = ()
    registers: tuple[Register, ...] = ()
    fsms: tuple[Fsm, ...] = ()
    latencies: tuple[Latency, ...] = ()
    memories: tuple[Memory, ...] = ()
    cdc_suspects: tuple[CdcSuspect, ...] = ()
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
