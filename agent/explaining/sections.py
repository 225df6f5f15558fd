"""What is computed of a module, as the sections of a page; every fact with its place."""

from collections.abc import Iterator

from hdlsmith.agent.explaining.drawing import draw
from hdlsmith.agent.explaining.page import Bullets, Diagram, Paragraph, Part, Section, Table, code
from hdlsmith.agent.explaining.remarks import Remarks
from hdlsmith.agent.explaining.summary import summary_of
from hdlsmith.agent.explaining.wording import edge_words, names, place, table, whole_clauses
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Block, Fsm, Latency, Role
from hdlsmith.retrieval.anatomy.diagrams import mermaid

_MOST_CODE = 160
"""Characters of an assignment that is shown as it is written."""
_MOST_CODE_LINES = 6
_COUNTED = (
    "Clock cycles from the inputs to each output that is computed from them; what an `if` or a"
    " `case` asks is not counted:"
)


def sections_of(anatomy: Anatomy) -> tuple[Section, ...]:
    """The computed page of a module; what it does not have, it has no section of."""
    remarks = Remarks(anatomy)
    made = (
        Section("summary", "Summary", tuple(_summary(anatomy, remarks))),
        Section("ports", "Ports", tuple(_ports(anatomy, remarks))),
        Section("parameters", "Parameters", tuple(_parameters(anatomy, remarks))),
        Section("hierarchy", "Hierarchy", tuple(_hierarchy(anatomy))),
        Section("clocks", "Clocks and resets", tuple(_clocks(anatomy))),
        *_machines(anatomy),
        Section("registers", "Registers", tuple(_registers(anatomy))),
        Section("latencies", "Latency", tuple(_latencies(anatomy))),
        Section("memories", "Memories", tuple(_memories(anatomy))),
        Section("crossings", "Clock crossings to look at", tuple(_crossings(anatomy))),
        Section("processes", "Processes and functions", tuple(_processes(anatomy, remarks))),
        Section("assignments", "Assignments", tuple(_assignments(anatomy, remarks))),
        Section("limits", "What limits this page", tuple(_notes(anatomy))),
    )
    return tuple(section for section in made if section.parts)


def _summary(anatomy: Anatomy, remarks: Remarks) -> Iterator[Part]:
    said, line = remarks.of_module()
    if said.strip("“”").lower() not in ("", anatomy.module.lower()):
        yield Paragraph(f"The source says: {said} ({code(f'{anatomy.span.path}:{line}')}).")
    where = place(anatomy.span, anatomy.last_line)
    yield Paragraph(f"{summary_of(anatomy)} It stands at {where}.")


def _ports(anatomy: Anatomy, remarks: Remarks) -> Iterator[Part]:
    yield from table(
        ("Port", "Direction", "Type", "Role", "The source says", "At"),
        (
            (
                code(port.name),
                port.direction.value,
                code(port.type),
                port.role.value if port.role is not Role.DATA else "",
                remarks.at(port.span.line),
                place(port.span),
            )
            for port in anatomy.ports
        ),
    )
    if anatomy.handshakes:
        yield Paragraph("Handshakes:")
        yield Bullets(
            tuple(
                f"{code(h.valid)} with {code(h.ready)}"
                f"{f', passing on {names(h.payload)}' if h.payload else ''}: {place(h.span)}"
                for h in anatomy.handshakes
            )
        )


def _parameters(anatomy: Anatomy, remarks: Remarks) -> Iterator[Part]:
    for title, header, local in (
        ("", "Default", False),
        ("Constants of the module:", "Value", True),
    ):
        found = table(
            ("Name", "Type", header, "The source says", "At"),
            (
                (
                    code(p.name),
                    code(p.type),
                    code(p.default),
                    remarks.at(p.span.line),
                    place(p.span),
                )
                for p in anatomy.parameters
                if p.is_local is local
            ),
        )
        if title and found:
            yield Paragraph(title)
        yield from found


def _hierarchy(anatomy: Anatomy) -> Iterator[Part]:
    yield from table(
        ("Instance", "Module", "Only if", "At", "Defined at"),
        (
            (
                f"{'· ' * (child.depth - 1)}{code(child.name)}",
                code(child.module),
                code(child.condition),
                place(child.span),
                place(child.defined_at) if child.defined_at else "not in the sources",
            )
            for child in anatomy.children
        ),
    )


def _clocks(anatomy: Anatomy) -> Iterator[Part]:
    yield from table(
        ("Clock", "Edge", "Registers", "Made of", "Known because", "At"),
        (
            (
                code(clock.name),
                " and ".join(map(edge_words, clock.edges)),
                str(len(clock.registers)),
                names(clock.derived_from),
                clock.why,
                place(clock.span),
            )
            for clock in anatomy.clocks
        ),
    )
    yield from table(
        ("Reset", "Resets at", "Style", "Registers", "Made of", "Known because", "At"),
        (
            (
                code(reset.name),
                reset.level,
                reset.style.value,
                str(len(reset.registers)),
                names(reset.derived_from),
                reset.why,
                place(reset.span),
            )
            for reset in anatomy.resets
        ),
    )


def _machines(anatomy: Anatomy) -> Iterator[Section]:
    for fsm in anatomy.fsms:
        title = f"State machine {code(fsm.register)}"
        yield Section(f"fsm {fsm.register}", title, tuple(_machine(fsm)))


def _machine(fsm: Fsm) -> Iterator[Part]:
    reset = f"It starts in {code(fsm.reset_state)}. " if fsm.reset_state else ""
    other = fsm.next_state != fsm.register
    following = f"The register takes its next state from {code(fsm.next_state)}. " if other else ""
    yield Paragraph(f"{reset}{following}The transitions stand in {place(fsm.span, fsm.last_line)}.")
    yield Diagram(mermaid(fsm), draw(fsm))
    yield from table(
        ("State", "Encoding", "At"),
        ((code(s.name), code(s.encoding), place(s.span)) for s in fsm.states),
    )
    yield from table(
        ("#", "From", "To", "When", "At"),
        (
            (
                str(number),
                code(step.source) or "any state",
                code(step.target),
                code(step.condition) or "always",
                place(step.span),
            )
            for number, step in enumerate(fsm.transitions, 1)
        ),
    )


def _registers(anatomy: Anatomy) -> Iterator[Part]:
    yield from table(
        ("Register", "Clock", "Reset", "Reset value", "At"),
        (
            (
                code(register.name),
                f"{edge_words(register.edge)} {code(register.clock)}".strip()
                if register.clock
                else "none: a latch",
                code(register.reset),
                code(register.reset_value),
                place(register.span),
            )
            for register in anatomy.registers
        ),
    )


def _latencies(anatomy: Anatomy) -> list[Part]:
    """Inputs that reach an output equally fast in one row: there may be thousands of pairs."""
    rows: dict[tuple[str, str, str], list[Latency]] = {}
    for latency in anatomy.latencies:
        rows.setdefault((latency.target, _cycles(latency), place(latency.span)), []).append(latency)
    found = table(
        ("Output", "Cycles", "From", "At"),
        (
            (code(target), cycles, names(latency.source for latency in group), at)
            for (target, cycles, at), group in rows.items()
        ),
    )
    return [Paragraph(_COUNTED), *found] if found else []


def _cycles(latency: Latency) -> str:
    least, most = latency.least_cycles, latency.most_cycles
    if most is None:
        return f"{least} or more"
    shown = str(least) if least == most else f"{least} to {most}"
    return "0 (combinational)" if shown == "0" else shown


def _memories(anatomy: Anatomy) -> list[Table]:
    return table(
        ("Memory", "Words", "Bits a word", "Read ports", "Write ports", "Read", "At"),
        (
            (
                code(memory.name),
                code(memory.depth_words),
                code(memory.width_bits),
                str(memory.read_ports),
                str(memory.write_ports),
                "synchronously" if memory.is_read_synchronously else "combinationally",
                place(memory.span),
            )
            for memory in anatomy.memories
        ),
    )


def _crossings(anatomy: Anatomy) -> list[Table]:
    return table(
        ("Register", "On clock", "Read by", "On clock", "Suspected because", "At"),
        (
            (
                code(suspect.register),
                code(suspect.clock),
                code(suspect.reader),
                code(suspect.reader_clock),
                suspect.why,
                place(suspect.span),
            )
            for suspect in anatomy.cdc_suspects
        ),
    )


def _processes(anatomy: Anatomy, remarks: Remarks) -> list[Table]:
    rows = []
    for block in _in_order(anatomy, "process", "function"):
        said = (
            remarks.at(block.span.line),
            _nature(anatomy, block),
            whole_clauses(block.words),
        )
        rows.append(
            (
                f"{block.kind} {code(block.name)}".strip(),
                " ".join(filter(None, said)),
                names(block.drives),
                code(block.condition),
                place(block.span, block.last_line),
            )
        )
    return table(("Block", "What it does", "Drives", "Only if", "At"), rows)


def _nature(anatomy: Anatomy, block: Block) -> str:
    """What a process is in the design: registers, transitions, or neither."""
    if block.kind != "process":
        return ""
    machines = [fsm.register for fsm in anatomy.fsms if fsm.span == block.span]
    if machines:
        return f"Holds the transitions of {names(machines)}."
    if block.is_software or not block.drives or anatomy.language is Language.HLS_CPP:
        return ""
    if block.clocks:
        return f"Registers on {names(block.clocks)}."
    latches = {register.name for register in anatomy.registers if not register.clock}
    return "Combinational." if latches.isdisjoint(block.drives) else "Holds a latch."


def _assignments(anatomy: Anatomy, remarks: Remarks) -> list[Table]:
    rows = []
    for block in _in_order(anatomy, "assign"):
        written = _as_written(anatomy, block)
        said = remarks.at(block.span.line) or whole_clauses(block.words)
        if written and said.startswith("is "):  # a copy, which the code says better
            said = ""
        at = place(block.span, block.last_line)
        rows.append((written or names(block.drives), said, code(block.condition), at))
    return table(("Assignment", "What it does", "Only if", "At"), rows)


def _in_order(anatomy: Anatomy, *kinds: str) -> list[Block]:
    found = (block for block in anatomy.blocks if block.kind in kinds)
    return sorted(found, key=lambda block: block.span.line)


def _as_written(anatomy: Anatomy, block: Block) -> str:
    """A short assignment as code; empty for a long one."""
    lines = anatomy.text.split("\n")[block.span.line - 1 : block.last_line]
    written = " ".join(" ".join(lines).split()).removeprefix("assign ").removesuffix(";")
    short = len(lines) <= _MOST_CODE_LINES and len(written) <= _MOST_CODE
    return code(written) if short else ""


def _notes(anatomy: Anatomy) -> Iterator[Part]:
    if anatomy.notes:
        yield Bullets(anatomy.notes)
