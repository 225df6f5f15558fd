"""A design as Yosys' proofs need it: read, elaborated, flat, its memories mapped to registers."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hdlsmith.design import Design, Direction, Port, SourceFile, errors_in
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.sandbox.formal.clocking import Clocking, find_clocking
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.workspace import Workspace, read_bounded
from hdlsmith.sandbox.yosys import Pass, Yosys, read_passes
from hdlsmith.sandbox.yosys_log import parse_messages

_RTLIL = "flat.il"
_JSON = "flat.json"
_NETLIST = "netlist.v"
_CHECK = "check.txt"
_CELLS = "hdlsmith_cells.v"
_MOST_BYTES = 256 << 20
_FAULTS = {
    "found logic loop": "a combinational loop",
    "multiple conflicting drivers": "a net with several drivers",
    "Drivers conflicting with a constant": "a net with several drivers",
}
"""What `check` reports -> what no proof can do with."""

T = TypeVar("T")


@dataclass(frozen=True)
class FlatDesign:
    """One flat module.

    Attributes:
        rtlil: the module, named as the design's top, in Yosys' own text form.
        verilog: the same as Verilog.
        module: the same as in Yosys' JSON.
        top: its name.
    """

    rtlil: str
    verilog: str
    module: dict[str, Any]
    top: str

    @property
    def ports(self) -> tuple[Port, ...]:
        return tuple(
            Port(name, Direction(port["direction"]), len(port["bits"]))
            for name, port in self.module["ports"].items()
        )

    @property
    def inputs(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.direction is Direction.INPUT)

    @property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.direction is Direction.OUTPUT)

    @property
    def clocking(self) -> Clocking:
        return find_clocking(self.module)


def read_flat(yosys: Yosys, design: Design, *, formal: bool = False) -> FlatDesign:
    """Read a design, by slang or else by Yosys' own front end.

    slang reads more of SystemVerilog; it makes a loop of an incomplete `always_comb`, where the
    other front end makes the latch that a simulator has, and it takes other assertions.

    Args:
        formal: keep assertions and assumptions.

    Raises:
        InputError: no front end can read it, or it can't be flattened to one module of logic.
        SandboxError: the sandbox failed, not the design.
    """
    return _first_that_reads(yosys, design, formal, flat_passes, _collect)


def netlist_of(yosys: Yosys, design: Design) -> str:
    """What `synth; write_verilog` of Yosys makes of a design, as Verilog.

    Raises:
        InputError: no front end can read it.
        SandboxError: the sandbox failed, not the design.
    """
    return _first_that_reads(
        yosys,
        design,
        False,
        netlist_passes,
        lambda workspace, _: read_bounded(workspace.path / _NETLIST, _MOST_BYTES),
    )


def _first_that_reads(
    yosys: Yosys,
    design: Design,
    formal: bool,
    passes: Callable[[Design, list[Pass]], list[Pass]],
    collect: Callable[[Workspace, Design], T],
) -> T:
    complaints = []
    for front_end in (read_passes, _read_verilog_passes):
        reading = front_end(design, formal=formal)
        # What is nothing to a simulator: slang takes `init` for a register's start, and Yosys'
        # own front end any step for an edge of `gclk`.
        attribute = "init" if _by_slang(reading) else "gclk"
        if any(_holds_attribute(file.text, attribute) for file in design.files):
            complaints.append(InputError(f"the attribute {attribute} would change what is proven"))
            continue
        with Workspace(yosys.cage.uid) as workspace:
            workspace.write((*design.files, SourceFile(_CELLS, _as_simulated(), None)))
            run = yosys.run(workspace, passes(design, reading))
            complaint = _complaint(design, run, read_bounded(workspace.path / _CHECK, _MOST_BYTES))
            if not complaint:
                return collect(workspace, design)
        complaints.append(complaint)
    raise complaints[0]


def netlist_passes(design: Design, reading: list[Pass]) -> list[Pass]:
    """The passes of `netlist_of`, but for those that read the sources."""
    return [
        *reading,
        ["synth", *(["-top", design.top] if design.top else [])],
        ["tee", "-q", "-o", _CHECK, "check"],
        ["write_verilog", "-noattr", _NETLIST],
    ]


def flat_passes(design: Design, reading: list[Pass]) -> list[Pass]:
    """The passes of `read_flat`, but for those that read the sources."""
    top = ["-top", design.top] if design.top else ["-auto-top"]
    return [
        *reading,
        ["hierarchy", "-check", *top],
        # Nothing to a simulator either; slang alone hands an initial value on as this attribute.
        *([] if _by_slang(reading) else [["setattr", "-unset", "init", "w:*"]]),
        ["proc", "-noopt"],
        ["flatten", "-noscopeinfo"],
        ["techmap", "-max_iter", "1", "-map", _CELLS],
        ["delete", "t:$print"],  # what `$display` leaves
        ["opt_clean"],
        # What `memory` does, but for `opt_mem`, to which a word beyond the last is like all others.
        *(["opt_mem_priority"], ["opt_mem_feedback"], ["memory_bmux2rom"], ["memory_dff"]),
        *(["opt_clean"], ["memory_share"], ["opt_mem_widen"], ["opt_clean"], ["memory_collect"]),
        ["memory_map"],
        ["opt_expr", "-keepdc"],
        ["opt_clean"],
        ["tee", "-q", "-o", _CHECK, "check"],
        ["write_rtlil", _RTLIL],
        ["write_json", _JSON],
        ["write_verilog", "-noattr", _NETLIST],
    ]


def _holds_attribute(text: str, name: str) -> bool:
    """Whether the name stands in some `(* … *)`, perhaps by way of a macro."""
    word = re.compile(rf"\b{name}\b")
    if not word.search(text):
        return False
    start = text.find("(*")
    while start >= 0 and (end := text.find("*)", start + 1)) >= 0:
        inside = text[start:end]
        if "`" in inside or word.search(inside):
            return True
        start = text.find("(*", end + 1)
    return False


def _by_slang(reading: list[Pass]) -> bool:
    return reading[0][0] == "read_slang"


def _read_verilog_passes(design: Design, *, formal: bool) -> list[Pass]:
    """The passes that read by Yosys' own front end."""
    folders = [f"-I./{folder}" for folder in design.header_folders]
    flags = ["-formal"] if formal else ["-noassert", "-noassume"]
    paths = [f"./{file.path}" for file in design.sources]
    top = design.top or "*"
    return [
        ["read_verilog", "-sv", "-defer", *flags, *folders, *paths],
        *(["chparam", "-set", name, value, top] for name, value in design.parameters),
        ["hierarchy", *(["-top", design.top] if design.top else ["-auto-top"])],
        # A latch in `always_comb` is a lint finding; here it is what the simulator would do.
        ["setattr", "-unset", "always_comb", "p:*"],
    ]


def _as_simulated() -> str:
    """A map for cells that Yosys gives values which no simulation has.

    A quotient by zero is undefined. Where a case that calls itself parallel isn't, its first match
    counts, which `proc` puts last; Yosys merges all.
    """
    names = ("A_SIGNED", "B_SIGNED", "A_WIDTH", "B_WIDTH", "Y_WIDTH")
    declared = ", ".join(f"parameter {name} = 1" for name in names)
    handed_on = ", ".join(f".{name}({name})" for name in names)
    quotients = (
        f"module \\{cell} #({declared}) (A, B, Y);\n"
        "  input [A_WIDTH-1:0] A; input [B_WIDTH-1:0] B; output [Y_WIDTH-1:0] Y;\n"
        "  wire [Y_WIDTH-1:0] quotient;\n"
        f"  \\{cell} #({handed_on}) divide (.A(A), .B(B), .Y(quotient));\n"
        "  assign Y = |B ? quotient : {Y_WIDTH{1'bx}};\n"
        "endmodule\n"
        for cell in ("$div", "$mod", "$divfloor", "$modfloor")
    )
    first_match = (
        "module \\$pmux #(parameter WIDTH = 1, parameter S_WIDTH = 1) (A, B, S, Y);\n"
        "  input [WIDTH-1:0] A; input [WIDTH*S_WIDTH-1:0] B; input [S_WIDTH-1:0] S;\n"
        "  output [WIDTH-1:0] Y; wire [WIDTH*(S_WIDTH+1)-1:0] rest; genvar i;\n"
        "  assign rest[0 +: WIDTH] = A, Y = rest[WIDTH*S_WIDTH +: WIDTH];\n"
        "  for (i = 0; i < S_WIDTH; i = i + 1) assign rest[WIDTH*(i+1) +: WIDTH] =\n"
        "    S[i] ? B[WIDTH*i +: WIDTH] : rest[WIDTH*i +: WIDTH];\n"
        "endmodule\n"
    )
    return "".join((*quotients, first_match))


def _complaint(design: Design, run: ToolRun, checked: str) -> InputError | None:
    """What keeps a design from being one module of logic, where every net has one driver."""
    name = design.top or "the design"
    if run.stopped_by:
        return InputError(
            f"Yosys reached its {run.stopped_by} limit while reading {name}",
            remedy="raise the limits under `sandbox`, or take a smaller part of the design",
        )
    if not run.ok:
        errors = [str(found) for found in errors_in(parse_messages(run.output))]
        said = errors[0] if errors else (run.output.strip().splitlines() or ["no output"])[-1]
        return InputError(f"Yosys can't read {name}: {said[:300]}", remedy="see `hdlsmith lint`")
    for told, fault in _FAULTS.items():
        if told in checked:
            return InputError(f"{name} holds {fault}", remedy="`hdlsmith synth` shows where")
    return None


def _collect(workspace: Workspace, design: Design) -> FlatDesign:
    rtlil, verilog, text = (
        read_bounded(workspace.path / name, _MOST_BYTES + 1) for name in (_RTLIL, _NETLIST, _JSON)
    )
    if max(len(rtlil), len(verilog), len(text)) > _MOST_BYTES:
        raise InputError("the flat netlist is too large", remedy="take a part of the design: --top")
    try:
        modules = json.loads(text)["modules"]
        # Boxes without content are listed too.
        top, module = next(
            (n, m) for n, m in modules.items() if int(m["attributes"].get("top", "0"), 2)
        )
    except (ValueError, KeyError, StopIteration) as error:
        raise SandboxError(f"Yosys left no netlist of {design.top}: {error!r}") from error
    boxes = {cell["type"] for cell in module["cells"].values() if not cell["type"].startswith("$")}
    if boxes:
        raise InputError(f"no source for {', '.join(sorted(boxes))}", remedy="name its file too")
    return FlatDesign(rtlil, verilog, module, top)
