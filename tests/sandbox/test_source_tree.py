"""Files and folders become one design: named, ordered, and cut down to what the top needs."""

from pathlib import Path

import pytest

from hdlsmith.design import Design
from hdlsmith.errors import InputError
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.source_tree import read_tree


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def project(isolated_user: Path) -> Path:
    write(
        isolated_user,
        rtl__alu_dot_sv="module alu import types::*; (input word_t a);\nendmodule\n",
        rtl__core_dot_sv='`include "macros.svh"\nmodule core(input a);\n  alu u(.a);\nendmodule\n',
        rtl__types_dot_sv="package types;\n  typedef base::bit_t word_t;\nendpackage\n",
        rtl__zbase_dot_sv="package base;\n  typedef logic bit_t;\nendpackage\n",
        rtl__unused_dot_sv="module unused; endmodule\n",
        inc__macros_dot_svh="`define M 1\n",
        readme_dot_txt="no HDL",
    )
    return isolated_user


def names(*paths: str, top: str | None = None) -> list[str]:
    return [file.path for file in read_tree([Path(path) for path in paths], top)]


def test_a_folder_stands_for_the_hdl_below_it_with_packages_first(project: Path) -> None:
    assert names(".") == [
        "inc/macros.svh",
        "rtl/zbase.sv",
        "rtl/types.sv",
        "rtl/alu.sv",
        "rtl/core.sv",
        "rtl/unused.sv",
    ]
    assert elaborate(Design(read_tree([project]), "core")).errors == ()


def test_with_a_top_only_what_it_needs(project: Path) -> None:
    assert names("rtl", "inc", top="alu") == ["rtl/zbase.sv", "rtl/types.sv", "rtl/alu.sv"]
    assert "inc/macros.svh" in names("rtl", "inc", top="core")
    assert "rtl/unused.sv" in names("rtl", "rtl/unused.sv", top="alu")  # named by itself
    assert len(names(".", top="nowhere")) == 6


def test_of_several_definitions_the_nearest_counts_then_the_first(isolated_user: Path) -> None:
    leaf = "module leaf; endmodule\n"
    write(isolated_user, one__leaf_dot_v=leaf, two__leaf_dot_v=leaf)
    write(isolated_user, two__t_dot_v="module t;\n  leaf u();\nendmodule\n")
    write(isolated_user, top_dot_v="module top;\n  leaf u();\nendmodule\n")
    assert names(".", top="t") == ["two/leaf.v", "two/t.v"]
    assert names("two", "one", "top.v", top="top") == ["top.v", "two/leaf.v"]
    assert names("one", "two", "top.v", top="top") == ["top.v", "one/leaf.v"]


def test_names_start_at_the_folder_of_the_settings(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "rtl")
    assert names("alu.sv") == ["alu.sv"]
    assert names("alu.sv", "../inc/macros.svh") == ["rtl/alu.sv", "inc/macros.svh"]
    (project / "hdlsmith.toml").touch()
    assert names("alu.sv") == ["rtl/alu.sv"]


def test_what_another_file_includes_is_not_compiled_by_itself(isolated_user: Path) -> None:
    write(
        isolated_user,
        a_dot_v='module a;\n`include "sub/body.v"\nendmodule\n',
        inc__sub__body_dot_v="wire w;\n",
    )
    design = Design(read_tree([isolated_user]), "a")
    assert [file.path for file in design.sources] == ["a.v"]
    assert "inc" in design.header_folders
    assert elaborate(design).errors == ()


def test_an_include_path_starts_from_the_folder_above(isolated_user: Path) -> None:
    write(
        isolated_user,
        a_dot_sv='`include "cells/defs.svh"\nmodule a; localparam P = `P; endmodule\n',
        vendor__include__cells__defs_dot_svh="`define P 1\n",
    )
    design = Design(read_tree([isolated_user]))
    assert "vendor/include" in design.header_folders
    assert elaborate(design).errors == ()


def test_links_that_lead_out_and_hidden_folders_are_passed_over(
    isolated_user: Path, tmp_path: Path
) -> None:
    write(tmp_path, secret_dot_v="module secret; endmodule\n")
    write(isolated_user, a_dot_v="module a; endmodule\n", _dot_git__b_dot_v="module b;\n")
    (isolated_user / "link.v").symlink_to(tmp_path / "secret.v")
    (isolated_user / "loop").symlink_to(isolated_user)
    (isolated_user / "again.v").symlink_to(isolated_user / "a.v")
    assert names(".") == ["a.v"]


def test_vhdl_comes_in_the_order_of_its_needs(isolated_user: Path) -> None:
    write(
        isolated_user,
        a_dot_vhd="use work.p.all;\nentity a is end;\narchitecture r of a is begin\n"
        "  u: entity work.b;\nend;\n",
        b_dot_vhd="entity b is end;\n",
        p_dot_vhd="package p is end;\n",
    )
    assert names(".") == ["p.vhd", "b.vhd", "a.vhd"]


def test_packages_that_use_each_other_and_long_chains_end(isolated_user: Path) -> None:
    count = 1500
    for number in range(count):
        text = f"package p{number}; import p{(number + 1) % count}::*; endpackage\n"
        (isolated_user / f"f{number:04}.sv").write_text(text)
    assert names(".")[0] == f"f{count - 1}.sv"


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["a.v", "./a.v"], "named twice"),
        (["empty"], "no HDL file below empty"),
        (["none.v"], "cannot read"),
    ],
)
def test_refused(paths: list[str], words: str, isolated_user: Path) -> None:
    write(isolated_user, a_dot_v="module a; endmodule\n")
    (isolated_user / "empty").mkdir()
    with pytest.raises(InputError, match=words):
        names(*paths)
