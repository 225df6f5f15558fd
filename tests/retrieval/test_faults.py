"""What is known of tool messages: every fault is made, reported by the real tool, and mended."""

from collections.abc import Iterator

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile
from hdlsmith.languages import Language
from hdlsmith.retrieval.knowledge.faults import Fault, advise, advise_on_text, load_faults
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.linters.ghdl_lint import GhdlLint
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_design
from hdlsmith.settings import Settings

PROGRAMS = {"icarus": "iverilog", "verilator": "verilator", "ghdl": "ghdl", "slang": "pyslang"}


def pairs() -> Iterator[object]:
    for fault in load_faults():
        for tool in fault.messages:
            marks = pytest.mark.tool(PROGRAMS[tool])
            yield pytest.param(fault, tool, id=f"{fault.name}-{tool}", marks=marks)


def said_by(tool: str, text: str) -> tuple[Diagnostic, ...]:
    language = Language.VHDL if tool == "ghdl" else Language.SYSTEMVERILOG
    design = Design((SourceFile("m.vhd" if tool == "ghdl" else "m.sv", text, language),), "m")
    settings = Settings()
    cage = make_cage(settings.sandbox)
    if tool == "slang":
        return elaborate(design).diagnostics
    if tool == "icarus":
        return parse_icarus(compile_design(Icarus.find(settings, cage), design)[0].output)
    linter = (Verilator if tool == "verilator" else GhdlLint).find(settings, cage)
    assert linter is not None
    return linter.lint(design)


@pytest.mark.parametrize(("fault", "tool"), list(pairs()))
def test_the_tool_reports_the_fault_and_not_its_mending(fault: Fault, tool: str) -> None:
    broken, mended = said_by(tool, fault.before), said_by(tool, fault.after)
    for pattern in fault.messages[tool]:
        if len(fault.messages[tool]) == 1:
            assert any(pattern.search(f"{d.code}: {d.message}") for d in broken), broken
        assert not any(pattern.search(f"{d.code}: {d.message}") for d in mended), mended
    advices = [advice for d in broken if (advice := advise(d))]
    assert fault in [advice.fault for advice in advices], broken


@pytest.mark.parametrize("fault", load_faults(), ids=lambda fault: fault.name)
def test_a_name_is_told_only_where_every_message_gives_it(fault: Fault) -> None:
    if "{name}" in fault.means + fault.mend:
        for patterns in fault.messages.values():
            assert all("name" in pattern.groupindex for pattern in patterns)


def test_enough_messages_are_known() -> None:
    known = [p for f in load_faults() for tool in f.messages for p in f.messages[tool]]
    assert len(known) >= 60


def test_advice_names_what_the_message_names() -> None:
    message = "Unable to bind wire/reg/memory `enable' in `m'"
    advice = advise(Diagnostic(Severity.ERROR, "undeclared", message, None, "icarus"))
    assert advice is not None
    assert "`enable` is used" in str(advice)
    assert advise_on_text(f"m.sv:2: error: {message}") == advice


def test_an_unknown_message_gets_no_advice() -> None:
    assert advise(Diagnostic(Severity.ERROR, "x", "the moon is full", None, "icarus")) is None
    assert advise_on_text("") is None
