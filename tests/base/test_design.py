"""Source files, digests, languages and the registry."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, SourceFile, SourceSpan, digest_of, read_source, read_sources
from hdlsmith.errors import InputError
from hdlsmith.languages import Language, language_of, parse_language
from hdlsmith.registry import resolve


def source(path: str, text: str = "") -> SourceFile:
    return SourceFile(path, text, language_of(path))


def test_headers_and_data_files_are_not_compiled() -> None:
    files = (source("rtl/a.sv", "A"), source("inc/d.svh"), source("x/e.vh"), source("m.hex"))
    design = Design(files)
    assert [f.path for f in design.sources] == ["rtl/a.sv"]
    assert design.header_folders == ("inc", "x", ".")
    assert design.text == "A"


def test_the_digest_tells_designs_apart() -> None:
    one = Design((source("a.v", "x"),), "m")
    assert one.digest == Design((source("a.v", "x"),), "m").digest
    others = [
        Design((source("a.v", "y"),), "m"),
        Design((source("b.v", "x"),), "m"),
        Design((source("a.v", "x"),), "n"),
        Design((source("a.v", "x"),), "m", (("W", "1"),)),
        Design((source("a.v", "x"), source("c.v", "")), "m"),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 6
    assert digest_of("ab", "c") != digest_of("a", "bc")


def test_span_as_text() -> None:
    assert str(SourceSpan("a.v", 3)) == "a.v:3"
    assert str(SourceSpan("a.v", 3, 7)) == "a.v:3:7"


def test_a_bom_is_dropped_and_line_ends_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.v").write_bytes(b"\xef\xbb\xbfmodule m;\r\nendmodule\r\n")
    assert read_source(tmp_path / "a.v").text == "module m;\r\nendmodule\r\n"


def test_names_keep_only_what_tells_files_apart(tmp_path: Path) -> None:
    for path in ("p/rtl/a.v", "p/tb/a.v", "p/tb/b.v"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    paths = [tmp_path / "p/rtl/a.v", tmp_path / "p/tb/a.v", tmp_path / "p/tb/b.v"]
    assert [f.path for f in read_sources(paths)] == ["rtl/a.v", "tb/a.v", "tb/b.v"]
    assert [f.path for f in read_sources(paths[1:])] == ["a.v", "b.v"]


def test_the_same_file_by_two_names(tmp_path: Path) -> None:
    (tmp_path / "a.v").write_text("")
    (tmp_path / "link.v").symlink_to("a.v")
    with pytest.raises(InputError, match="named twice"):
        read_sources([tmp_path / "a.v", tmp_path / "link.v"])


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.v", Language.VERILOG),
        ("A.SV", Language.SYSTEMVERILOG),
        ("d.svh", Language.SYSTEMVERILOG),
        ("x.vhdl", Language.VHDL),
        ("C.scala", Language.CHISEL),
        ("k.cpp", Language.HLS_CPP),
        ("mem.hex", None),
        ("Makefile", None),
    ],
)
def test_language_of(name: str, language: Language | None) -> None:
    assert language_of(name) is language


@pytest.mark.parametrize("name", ["verilog", "Verilog", "v", ".v"])
def test_parse_language(name: str) -> None:
    assert parse_language(name) is Language.VERILOG


def test_parse_language_lists_the_choices() -> None:
    with pytest.raises(InputError, match="cobol") as caught:
        parse_language("cobol")
    assert caught.value.remedy == "one of: verilog, systemverilog, vhdl, chisel, hls"


def test_registry() -> None:
    known = {"digest": "hdlsmith.design:digest_of"}
    assert resolve("digest", known, "function") is digest_of
    assert resolve("hdlsmith.design:digest_of", {}, "function") is digest_of
    with pytest.raises(InputError, match="no function called 'other'") as caught:
        resolve("other", known, "function")
    assert caught.value.remedy == "one of: digest"
    for path in ("hdlsmith.nowhere:x", "hdlsmith.design:nothing"):
        with pytest.raises(InputError, match="cannot load function"):
            resolve(path, known, "function")
