"""VHDL on the real GHDL: every outcome, and what hostile VHDL gets to see."""

from pathlib import Path
from shlex import split

import pytest

from hdlsmith.design import Design, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.diagnostics import parse_ghdl
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.ghdl import Ghdl, compile_argvs, run_argv
from hdlsmith.settings import SandboxSettings, Settings, ToolSettings

pytestmark = pytest.mark.tool("ghdl")

ADDER = """library ieee; use ieee.std_logic_1164.all; use ieee.numeric_std.all;
entity add is port (a, b : in unsigned(3 downto 0); s : out unsigned(4 downto 0)); end;
architecture rtl of add is begin
  s <= resize(a, 5) + resize(b, 5);
end;
"""
BENCH = """library ieee; use ieee.std_logic_1164.all; use ieee.numeric_std.all;
use std.env.all;
entity tb is generic (LAST : natural := 15); end;
architecture sim of tb is
  signal a, b : unsigned(3 downto 0) := (others => '0');
  signal s : unsigned(4 downto 0);
begin
  dut : entity work.add port map (a, b, s);
  process
    variable bad : natural := 0;
  begin
    for i in 0 to LAST loop
      for j in 0 to 15 loop
        a <= to_unsigned(i, 4); b <= to_unsigned(j, 4);
        wait for 1 ns;
        if s /= i + j then bad := bad + 1; end if;
      end loop;
    end loop;
    if bad > 0 then report integer'image(bad) & " of 256 checks failed" severity error;
    else report integer'image(16 * (LAST + 1)) & " checks passed"; end if;
    finish;
  end process;
end;
"""


def judged(*texts: str, name: str = "f{}.vhd", cpu_s: int = 10, **parameters: str) -> SimResult:
    files = tuple(SourceFile(name.format(at), text, Language.VHDL) for at, text in enumerate(texts))
    ghdl = Ghdl.find(Settings(), make_cage(SandboxSettings(cpu_s=cpu_s)))
    return ghdl.simulate(Design(files, "tb", tuple(parameters.items())))


def bench(body: str, declared: str = "", used: str = "std.env.all") -> str:
    return (
        f"use {used};\nentity tb is end;\narchitecture sim of tb is {declared}\nbegin\n"
        f"  process {'' if used == 'std.env.all' else 'variable l : line;'} begin\n"
        f"{body}\n  wait; end process;\nend;\n"
    )


def test_pass_whatever_the_order_of_the_files() -> None:
    for texts in ((BENCH, ADDER), (ADDER, BENCH)):
        result = judged(*texts)
        assert (result.outcome, result.checks) == (Outcome.PASS, 256)
        assert result.evidence == "256 checks passed"
        assert [run.tool for run in result.runs] == ["ghdl", "ghdl-run"]


def test_mismatch_with_counts() -> None:
    result = judged(BENCH, ADDER.replace("+", "-"))
    assert result.outcome is Outcome.MISMATCH
    assert 0 < result.failures < result.checks == 256


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('report "all checks passed";', Outcome.PASS),
        ('report "all checks passed"; stop(0);', Outcome.PASS),
        ('assert false report "q is late" severity warning; report "PASS";', Outcome.PASS),
        ('assert false report "q is wrong" severity error; report "PASS";', Outcome.MISMATCH),
        ('assert false report "all checks passed" severity failure;', Outcome.MISMATCH),
        ('report "all checks passed" severity error;', Outcome.MISMATCH),
        ('report "PASS"; finish(3);', Outcome.MISMATCH),
        ('report "PASS"; stop(1);', Outcome.MISMATCH),
        ('report "done"; finish;', Outcome.NO_EVIDENCE),
        ("", Outcome.NO_EVIDENCE),
    ],
)
def test_the_ways_to_end(body: str, outcome: Outcome) -> None:
    assert judged(bench(body)).outcome is outcome


def test_a_file_name_is_no_verdict() -> None:
    assert judged(bench('report "hello";'), name="pass{}.vhd").outcome is Outcome.NO_EVIDENCE
    assert judged(bench('report "PASS";'), name="error_{}.vhd").outcome is Outcome.PASS


def test_a_run_time_error_is_a_crash() -> None:
    text = bench('i := 5; report "PASS";').replace("process ", "process variable i : bit_index;")
    result = judged(
        text.replace("is \nbegin", "is subtype bit_index is natural range 0 to 3;begin")
    )
    assert result.outcome is Outcome.CRASH
    assert "bound check failure" in result.evidence


def test_compile_errors_have_places() -> None:
    result = judged(BENCH, ADDER.replace("resize(a, 5)", "resize(c, 5)"))
    assert result.outcome is Outcome.COMPILE_ERROR
    first = result.diagnostics[0]
    assert (first.span, first.tool) == (SourceSpan("f1.vhd", 4, 15), "ghdl")
    assert "c" in first.message
    assert str(first) == result.evidence


def test_warnings_and_words_without_a_place_are_diagnostics() -> None:
    text = (
        './tb.vhd:1:8:warning: entity "tb" was also defined in file "x.vhd" [-Wlibrary]\n'
        './tb.vhd:9:3: no declaration for "q"\n'
        "/usr/bin/ghdl-mcode: cannot find entity or configuration nope\n"
        "analyze ./tb.vhd\n"
    )
    warning, error, lost = parse_ghdl(text)
    assert (warning.severity, warning.code) == (Severity.WARNING, "library")
    assert warning.message == 'entity "tb" was also defined in file "x.vhd"'
    assert (error.severity, error.span) == (Severity.ERROR, SourceSpan("tb.vhd", 9, 3))
    assert (lost.span, lost.message) == (None, "cannot find entity or configuration nope")


def test_a_missing_entity_is_a_compile_error() -> None:
    assert judged(BENCH).outcome is Outcome.COMPILE_ERROR
    lost = judged(ADDER)
    assert lost.outcome is Outcome.COMPILE_ERROR
    assert "tb" in lost.evidence


def test_generics_are_overridden() -> None:
    assert judged(BENCH, ADDER, LAST="3").checks == 64


def test_loops_without_time_are_timeouts() -> None:
    endless = bench("", "signal x : bit;").replace("begin\n", "begin x <= not x;\n", 1)
    result = judged(endless)
    assert result.outcome is Outcome.TIMEOUT
    assert "--stop-delta" in result.evidence
    assert judged(bench("while true loop null; end loop;"), cpu_s=1).outcome is Outcome.TIMEOUT


def test_a_flood_is_a_crash() -> None:
    result = judged(bench('loop report "PASS PASS PASS PASS PASS PASS"; end loop;'))
    assert result.outcome is Outcome.CRASH
    assert "output" in result.evidence


@pytest.mark.tool("bwrap")
def test_text_files_outside_can_be_neither_read_nor_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    for mode, action in (("read", "readline(f, l); report l.all;"), ("write", "writeline(f, l);")):
        declared = f'file f : text open {mode}_mode is "{secret}";'
        result = judged(bench(f'{action} report "PASS";', declared, "std.textio.all"))
        assert result.outcome is Outcome.CRASH
        assert "sesame" not in result.log
    assert secret.read_text() == "open sesame\n"


def test_names_that_look_like_options_are_files() -> None:
    for name in ("-x{}.vhd", "--std=93{}.vhd", "a b{}.vhd", "a;id{}.vhd"):
        assert judged(bench('report "PASS";'), name=name).outcome is Outcome.PASS
    with pytest.raises(InputError, match="no name of an entity"):
        compile_argvs(Design((SourceFile("a.vhd", ADDER, Language.VHDL),), "--version"))


def test_the_argv_is_a_pure_function() -> None:
    files = (SourceFile("-x.vhd", "", Language.VHDL), SourceFile("image.hex", "", None))
    design = Design(files, "tb", (("N", "8"),))
    assert compile_argvs(design) == [
        split("-i --std=08 -frelaxed -fsynopsys ./-x.vhd"),
        split("-m --std=08 -frelaxed -fsynopsys -fno-caret-diagnostics tb"),
    ]
    assert run_argv(design, ".fst") == split(
        "-r --std=08 -frelaxed -fsynopsys tb -gN=8 --stop-delta=100000 --fst=hdlsmith_waves.fst"
    )


def test_another_language_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"a\.v is Verilog, which GHDL can't simulate"):
        compile_argvs(Design((SourceFile("a.v", "", Language.VERILOG),), "tb"))


def test_a_program_that_is_no_ghdl_is_our_failure() -> None:
    tools = ToolSettings(ghdl=Path("/bin/true"))
    with pytest.raises(SandboxError, match="ghdl fails on a trivial entity") as caught:
        Ghdl.find(Settings(tools=tools), make_cage(SandboxSettings()))
    assert "tools.ghdl" in caught.value.remedy


def test_little_memory_is_enough_and_version_has_a_number() -> None:
    cage = make_cage(SandboxSettings(memory_mb=512))
    assert Ghdl.find(Settings(), cage).version().startswith("GHDL ")
