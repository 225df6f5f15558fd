"""Which units a repository has, and which files each one gets."""

from pathlib import Path

import pytest

from hdlsmith.check_settings import CheckSettings, CheckTest
from hdlsmith.errors import InputError
from hdlsmith.sandbox.check.plan import Plan, Unit, make_plan
from hdlsmith.sandbox.check.tree import find_root, read_tree

LEAF = "module {0}(input a); endmodule\n"
TOP = "module {0}; {1} u (); endmodule\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repository").mkdir()
    return tmp_path / "repository"


def plan(root: Path, files: dict[str, str], **check: object) -> Plan:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    settings = CheckSettings.model_validate(check)
    return make_plan(read_tree(root, settings.exclude), settings)


def unit(found: Plan, name: str) -> Unit:
    return next(unit for unit in found.units if unit.name == name)


def kinds(found: Plan) -> set[str]:
    return {f"{unit.kind} {unit.name}" for unit in found.units}


def paths(unit: Unit) -> list[str]:
    return [file.path for file in unit.design.files]


def test_conventions(root: Path) -> None:
    found = plan(
        root,
        {
            "rtl/a.sv": LEAF.format("a"),
            "rtl/a_tb.v": TOP.format("a_tb", "a"),
            "tb_a.sv": TOP.format("bench", "a"),
            "sim/run_all.sv": TOP.format("run_all", "a"),
            "sim/driver.sv": "module driver(output b); endmodule\n",
            "rtl/memory_test.v": "module memory_test(input b); endmodule\n",
            "e.vhd": "entity e is port (a : in bit); end;\n",
            "e_tb.vhd": "entity e_tb is end; architecture s of e_tb is begin"
            " u : entity work.e; end;\n",
            "verif/test_a.py": "import cocotb\n",
            "verif/test_tools.py": "import pytest\n",
            "verif/helper.py": "import cocotb\n",
            "defs.svh": "`define A 1\n",
            "notes.txt": "",
        },
    )
    assert kinds(found) == {
        "lint rtl/a.sv",
        "lint rtl/memory_test.v",
        "lint e.vhd",
        "test rtl/a_tb.v",
        "test tb_a.sv",
        "test sim/run_all.sv",
        "test e_tb.vhd",
        "test verif/test_a.py",
    }
    assert unit(found, "tb_a.sv").design.top == "bench"
    assert unit(found, "e_tb.vhd").simulator == "ghdl"
    assert paths(unit(found, "e_tb.vhd")) == ["e.vhd", "e_tb.vhd"]
    assert not [problem for unit in found.units for problem in unit.problems]
    cocotb = unit(found, "verif/test_a.py")
    assert (cocotb.design.top, cocotb.simulator) == ("a", "icarus")
    assert [file.path for file in cocotb.cocotb] == ["test_a.py"]
    left_out = {entry.path: entry.reason for entry in found.left_out}
    assert left_out == dict.fromkeys(
        ("sim/driver.sv", "defs.svh"), "neither linted nor read by a test"
    )


def test_a_unit_gets_what_it_needs_in_order(root: Path) -> None:
    found = plan(
        root,
        {
            "rtl/types.sv": "package types; typedef int t; endpackage\n",
            "rtl/leaf.sv": "module leaf import types::*; (input t a); endmodule\n",
            "rtl/mid.sv": '`include "defs.svh"\n' + TOP.format("mid", "leaf"),
            "inc/defs.svh": '`include "sub/more.inc"\n',
            "inc/sub/more.inc": "`define MORE other u()\n",
            "rtl/other.sv": LEAF.format("other"),
            "rtl/unrelated.sv": LEAF.format("unrelated"),
            "tb/mid_tb.sv": 'module mid_tb; mid u (); initial $readmemh("rom.hex", m); endmodule\n',
            "tb/rom.hex": "00\n",
            "tb/rom.bin": "",
        },
    )
    assert paths(unit(found, "tb/mid_tb.sv")) == [
        "rtl/types.sv",
        "rtl/leaf.sv",
        "rtl/other.sv",  # its name stands in a macro of an included file
        "rtl/mid.sv",
        "tb/mid_tb.sv",
        "inc/defs.svh",
        "inc/sub/more.inc",
        "rom.hex",
    ]
    assert unit(found, "tb/mid_tb.sv").real_paths == {"rom.hex": "tb/rom.hex"}
    assert "tb/rom.hex" in unit(found, "tb/mid_tb.sv").reads
    assert paths(unit(found, "rtl/leaf.sv")) == ["rtl/types.sv", "rtl/leaf.sv"]


def test_an_included_source_is_not_compiled_twice(root: Path) -> None:
    found = plan(
        root,
        {"dut.v": LEAF.format("dut"), "tb.v": '`include "dut.v"\n' + TOP.format("tb", "dut")},
    )
    assert [file.path for file in unit(found, "tb.v").design.sources] == ["tb.v"]
    assert paths(unit(found, "tb.v")) == ["tb.v", "dut.v"]
    assert [file.path for file in unit(found, "dut.v").design.sources] == ["dut.v"]


def test_vhdl_apart_in_files(root: Path) -> None:
    found = plan(
        root,
        {
            "e.vhd": "entity E is port (a : in bit); end;\n",
            "e_rtl.vhd": "use work.p.all; architecture rtl of e is begin end;\n",
            "p.vhd": "package p is end;\n",
            "p_body.vhd": "package body p is end;\n",
            "tb.vhd": "entity tb is end; architecture s of tb is begin u : entity work.E; end;\n",
        },
    )
    assert set(paths(unit(found, "tb.vhd"))) == {
        f"{n}.vhd" for n in ("e", "e_rtl", "p", "p_body", "tb")
    }
    assert unit(found, "tb.vhd").design.top == "tb"
    assert set(paths(unit(found, "e.vhd"))) == {f"{n}.vhd" for n in ("e", "e_rtl", "p", "p_body")}
    assert kinds(found) == {f"lint {n}.vhd" for n in ("e", "e_rtl", "p", "p_body")} | {
        "test tb.vhd"
    }
    assert paths(unit(found, "p_body.vhd")) == ["p.vhd", "p_body.vhd"]  # in GHDL's order
    order = paths(unit(found, "tb.vhd"))
    assert order.index("e.vhd") < order.index("e_rtl.vhd") < order.index("tb.vhd")
    assert order.index("p.vhd") < order.index("e_rtl.vhd")


def test_modules_that_use_each_other(root: Path) -> None:
    found = plan(root, {"a.v": TOP.format("a", "b"), "b.v": TOP.format("b", "a")})
    assert sorted(paths(unit(found, "a.v"))) == ["a.v", "b.v"]


def test_the_nearest_of_several_is_meant(root: Path) -> None:
    files = {f"{p}/rtl/dut.v": LEAF.format("dut") + f"// {p}\n" for p in ("one", "two")}
    files |= {f"{p}/tb/dut_tb.v": TOP.format("dut_tb", "dut") for p in ("one", "two")}
    found = plan(root, files)
    for project in ("one", "two"):
        bench = unit(found, f"{project}/tb/dut_tb.v")
        assert paths(bench) == [f"{project}/rtl/dut.v", f"{project}/tb/dut_tb.v"]
        assert not bench.problems


def test_of_two_that_are_equally_near_neither_is_taken(root: Path) -> None:
    files = {f"{p}/dut.v": LEAF.format("dut") + f"// {p}\n" for p in ("one", "two")}
    files["tb.v"] = "module tb;\n  dut u ();\nendmodule\n"
    files["test_dut.py"] = "import cocotb\n"
    found = plan(root, files)
    bench = unit(found, "tb.v")
    assert paths(bench) == ["tb.v"]
    [doubt] = bench.doubts
    assert str(doubt.span) == "tb.v:2"
    assert "'dut' could mean one/dut.v or two/dut.v" in doubt.message
    assert {"one/dut.v", "two/dut.v"} <= bench.reads
    assert "could mean one/dut.v or two/dut.v" in unit(found, "test_dut.py").problems[0].message
    assert paths(unit(plan(root, {}, exclude=["two"]), "tb.v")) == ["one/dut.v", "tb.v"]
    (root / "two/dut.v").write_text((root / "one/dut.v").read_text())  # now a mere copy
    assert not unit(plan(root, {}), "tb.v").doubts


def test_includes_that_compilers_could_not_tell_apart(root: Path) -> None:
    files = {
        f"{p}/{p}.v": f'`include "defs.vh"\nmodule {p}(input a); endmodule\n' for p in ("a", "b")
    }
    files |= {f"{p}/defs.vh": f"`define {p.upper()}\n" for p in ("a", "b")}
    files["tb.v"] = "module tb; a x(); b y(); endmodule\n"
    found = plan(root, files)
    assert paths(unit(found, "a/a.v")) == ["a/a.v", "a/defs.vh"]
    assert paths(unit(found, "tb.v")) == ["a/a.v", "b/b.v", "tb.v"]
    assert "'defs.vh' could mean a/defs.vh or b/defs.vh" in unit(found, "tb.v").doubts[0].message
    shared = {"c.v": '`include "common.vh"\n' + LEAF.format("c")}
    shared |= {"x/common.vh": "1", "y/common.vh": "2"}
    assert unit(plan(root, shared), "c.v").doubts
    assert paths(unit(plan(root, {}, include=["y"]), "c.v")) == ["c.v", "y/common.vh"]


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("x_tb.v", "module x_tb(input a); endmodule", "every module has ports"),
        ("x_tb.v", "module a; endmodule module b; endmodule", "a or b could be the testbench"),
        ("tb/x.v", "module a; endmodule module b; endmodule", None),
        ("test_x.py", "import cocotb", "no module is called 'x'"),
        ("x_test.py", "from cocotb.triggers import Timer", "no module is called 'x'"),
    ],
)
def test_a_testbench_without_a_clear_top_is_an_error(
    path: str, text: str, words: str | None, root: Path
) -> None:
    found = plan(root, {path: text})
    if words is None:
        assert not found.units
        assert found.left_out[0].path == path
    else:
        assert words in unit(found, path).problems[0].message


def test_tests_of_the_settings(root: Path) -> None:
    files = {
        "rtl/a.v": LEAF.format("a"),
        "rtl/b.v": LEAF.format("b"),
        "checks/common.py": "from lib.parts import x\n",
        "checks/all.py": "import cocotb\nimport common\n",
        "lib/parts/__init__.py": "",
        "lib/parts/x.py": "",
        "lib/other.py": "",
        "checks/bench.v": TOP.format("bench", "a"),
    }
    cocotb = {"name": "one", "top": "a", "cocotb": ["checks/all.py"], "simulator": "verilator"}
    bench = {"name": "two", "top": "bench", "sources": ["rtl/*.v", "./checks/*"], "timeout_s": 5}
    found = plan(root, files, test=[cocotb, bench], timeout_s=9)
    one, two = unit(found, "one"), unit(found, "two")
    assert (one.path, one.simulator, one.timeout_s) == ("checks/all.py", "verilator", 9)
    assert [file.path for file in one.cocotb] == [
        "all.py",
        "common.py",
        "lib/parts/__init__.py",
        "lib/parts/x.py",
    ]
    assert one.reads == {"rtl/a.v", "checks/all.py", "checks/common.py"} | {
        "lib/parts/__init__.py",
        "lib/parts/x.py",
    }
    assert (two.path, two.simulator, two.timeout_s) == ("checks/bench.v", "icarus", 5)
    assert kinds(found) == {"test one", "test two", "lint rtl/a.v", "lint rtl/b.v"}


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ([{"name": "t", "top": "nowhere"}], "'t' in hdlsmith.toml: no file has 'nowhere'"),
        ([{"name": "t", "top": "a", "sources": ["x/*"]}], "no file like 'x/*'"),
        ([{"name": "t", "top": "a", "cocotb": ["no.py"]}], "no file like 'no.py'"),
        ([{"name": "t", "top": "a"}, {"name": "t", "top": "a"}], "two tables"),
    ],
)
def test_a_test_of_the_settings_does_not_vanish(
    tests: list[CheckTest], words: str, root: Path
) -> None:
    with pytest.raises(InputError, match=words.replace("*", r"\*")):
        plan(root, {"a.v": LEAF.format("a")}, test=tests)


def test_what_is_passed_over(root: Path) -> None:
    module = LEAF.format("m")
    found = plan(
        root,
        {
            "m.v": module,
            ".hidden/m.v": module,
            "build/m.v": module,
            "node_modules/p/m.v": module,
            "env3/pyvenv.cfg": "",
            "env3/m.v": module,
            "ip/old/m.v": module,
        },
        exclude=["ip/*"],
    )
    assert kinds(found) == {"lint m.v"}
    assert [(entry.path, entry.reason) for entry in found.left_out] == [
        ("ip/old", "excluded by check.exclude")
    ]


def test_the_root_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "r/sub/deep").mkdir(parents=True)
    (tmp_path / "r/sub/hdlsmith.toml").write_text("")
    deep = tmp_path / "r/sub/deep"
    assert find_root(deep) == tmp_path / "r/sub"
    (tmp_path / "r/.git").mkdir()
    assert find_root(deep) == tmp_path / "r"
    assert find_root(tmp_path / "r/sub/hdlsmith.toml") == tmp_path / "r"
