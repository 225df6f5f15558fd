"""Waivers in the settings and in comments: what they cover, and what they never do."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.linters.lint import LintReport, find_linters, lint
from hdlsmith.sandbox.linters.waivers import Waiver, inline_waivers
from hdlsmith.settings import LintSettings, LintWaiver, SandboxSettings, Settings, load_settings

TRUNCATES = "module m(input [7:0] a, output [3:0] q);\n  assign q = a;{}\nendmodule\n"


def source(text: str, path: str = "a.sv") -> SourceFile:
    return SourceFile(path, text, language_of(path))


def linted(text: str, *waivers: LintWaiver, path: str = "rtl/a.sv") -> LintReport:
    linters = find_linters(Settings(), make_cage(SandboxSettings()))
    return lint(Design((source(text, path),)), linters, LintSettings(waive=waivers))


def waiver(**patterns: str | int) -> LintWaiver:
    return LintWaiver.model_validate({"reason": "we know", **patterns})


def truncation(line: int = 2) -> Diagnostic:
    span, also = SourceSpan("rtl/a.sv", line, 14), ("verilator:WIDTHTRUNC",)
    message = "implicit conversion truncates from 8 to 4 bits"
    return Diagnostic(Severity.WARNING, "WidthTruncate", message, span, "slang", also)


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
@pytest.mark.parametrize(
    ("patterns", "waives"),
    [
        ({"code": "WidthTruncate"}, True),
        ({"code": "WIDTHTRUNC"}, True),
        ({"code": "verilator:WIDTH*"}, True),
        ({"code": "width-truncated"}, True),
        ({"code": "width-*", "path": "rtl/*"}, True),
        ({"path": "rtl/a.sv", "line": 2}, True),
        ({"message": "*from 8 to 4 bits"}, True),
        ({"code": "width-truncated", "line": 3}, False),
        ({"code": "widthtrunc"}, False),
        ({"code": "WIDTH"}, False),
        ({"code": "slang:WIDTHTRUNC"}, False),
        ({"path": "a.sv"}, False),
        ({"code": "WIDTHTRUNC", "message": "*to 5 bits"}, False),
    ],
)
def test_a_waiver_of_the_settings(patterns: dict[str, str | int], waives: bool) -> None:
    report = linted(TRUNCATES.format(""), waiver(**patterns))
    waived = [w.diagnostic for w in report.waived]
    assert ("WidthTruncate" in {d.code for d in waived}) is waives
    assert ("WidthTruncate" in {d.code for d in report.diagnostics}) is not waives
    assert len(report.unused) == (not waives and patterns != {"path": "a.sv"})
    assert all(w.waiver.reason == "we know" for w in report.waived)


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
@pytest.mark.parametrize(
    ("text", "waived"),
    [
        (TRUNCATES.format("  // hdlsmith waive WIDTHTRUNC: on purpose"), 1),
        (TRUNCATES.format("  // hdlsmith waive width-truncated, LATCH: on purpose"), 1),
        ("// hdlsmith lint_off width-truncated: all\n" + TRUNCATES.format(""), 1),
        ("// hdlsmith lint_off width-truncated: all\n// hdlsmith lint_on\n" + TRUNCATES, 0),
        (TRUNCATES.format("  // hdlsmith waive WIDTHEXPAND: another"), 0),
        (TRUNCATES.format("  /* // hdlsmith waive WIDTHTRUNC: in a block comment */"), 0),
        (TRUNCATES.format("  // see hdlsmith waive WIDTHTRUNC: a mention"), 0),
        (TRUNCATES.format('  initial $display("// hdlsmith waive WIDTHTRUNC: said");'), 0),
        (TRUNCATES.format("\n  // hdlsmith waive WIDTHTRUNC: after it"), 0),
    ],
)
def test_a_waiver_in_a_comment(text: str, waived: int) -> None:
    report = linted(text.replace("{}", ""))
    truncates = [w for w in report.waived if w.diagnostic.code == "WidthTruncate"]
    assert len(truncates) == waived
    if waived:
        assert {w.waiver.reason for w in truncates} <= {"on purpose", "all"}


def test_above_the_line_even_above_other_comments() -> None:
    text = "// hdlsmith waive A: one\n// hdlsmith waive B: two\n\n  // more\n\tassign q = a;\n"
    waivers, faults = inline_waivers([source(text)])
    assert [(w.code, w.lines, w.reason) for w in waivers] == [
        ("A", (5, 5), "one"),
        ("B", (5, 5), "two"),
    ]
    assert faults == ()


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("waive WIDTHTRUNC", "needs a code and a reason"),
        ("waive WIDTHTRUNC:", "needs a code and a reason"),
        ("waive : why", "needs a code and a reason"),
        ("lint_off LATCH", "needs a code and a reason"),
        ("lint_on LATCH", "without a lint_off"),
    ],
)
def test_what_is_no_waiver_is_told(comment: str, fault: str) -> None:
    waivers, [found] = inline_waivers([source(f"module m;\n// hdlsmith {comment}\nendmodule\n")])
    assert waivers == ()
    assert fault in found.message
    assert str(found.span) == "a.sv:2"
    assert found.severity is Severity.WARNING


def test_in_vhdl() -> None:
    text = "entity e is -- hdlsmith waive X: why\nend; // hdlsmith waive Y: no comment here\n"
    [found], _ = inline_waivers([source(text, "e.vhd")])
    assert (found.code, found.lines) == ("X", (1, 1))


def test_ten_thousand_waivers_are_too_many() -> None:
    text = "assign q = a; // hdlsmith waive X: why\n" * 10_000
    waivers, [fault] = inline_waivers([source(text)])
    assert len(waivers) < 1100
    assert "the others don't count" in fault.message


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_a_syntax_error_can_not_be_waived() -> None:
    text = "// hdlsmith lint_off *: all of it\nmodule m(output q);\n  assign q = ;\nendmodule\n"
    report = linted(text, waiver(path="*"))
    assert [d.severity for d in report.diagnostics] == [Severity.ERROR]
    assert report.waived == ()


def test_that_a_tool_gave_up_can_not_be_waived() -> None:
    gave_up = Diagnostic(Severity.ERROR, "gave-up", "the front end gave up", None, "slang")
    assert not Waiver("why", None).covers(gave_up)


def test_other_errors_can() -> None:
    report = linted(
        "module m(output q);\n  assign q = w; // hdlsmith waive undeclared: later\nendmodule\n"
    )
    assert report.diagnostics == ()
    assert len(report.waived) == 1


def test_without_settings_no_waiver_counts() -> None:
    text = TRUNCATES.format("  // hdlsmith waive width-truncated: by a model")
    report = lint(Design((source(text),)))
    assert [d.code for d in report.diagnostics] == ["WidthTruncate"]
    assert report.waived == ()


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_an_unused_waiver_is_a_note_at_its_place() -> None:
    text = TRUNCATES.format("  // hdlsmith waive width-truncated: so be it")
    chosen = (waiver(code="BLKSEQ", path="rtl/*"), waiver(code="BLKSEQ", path="tb/*"))
    report = linted("// hdlsmith waive LATCH: once\n" + text, *chosen)
    assert [str(w.as_unused()) for w in report.unused] == [
        "note: lint.waive: nothing to waive (code BLKSEQ, path rtl/*); its reason was: we know"
        " [hdlsmith:unused-waiver]",
        "rtl/a.sv:1: note: nothing to waive (code LATCH, path rtl/a.sv); its reason was: once"
        " [hdlsmith:unused-waiver]",
    ]


def test_nobody_knows_what_is_unused_where_a_linter_is_missing() -> None:
    settings = LintSettings(waive=(waiver(code="BLKSEQ"),))
    assert lint(Design((source(TRUNCATES.format("")),)), settings=settings).unused == ()


def test_a_finding_with_no_place_needs_a_waiver_that_asks_for_none() -> None:
    placeless = Diagnostic(Severity.WARNING, "MULTITOP", "many tops", None, "verilator")
    assert Waiver("why", None, "MULTITOP").covers(placeless)
    assert not Waiver("why", None, "MULTITOP", path="rtl/*").covers(placeless)
    assert not Waiver("why", None, "MULTITOP", lines=(2, 2)).covers(placeless)


def test_a_range_holds_both_ends() -> None:
    waiver_ = Waiver("why", None, lines=(2, 4))
    assert [waiver_.covers(truncation(line)) for line in (1, 2, 4, 5)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('cod = "X"\nreason = "r"', "unknown setting 'lint.waive.0.cod'"),
        ('code = "X"', "setting 'lint.waive.0.reason': Field required"),
        ('code = "X"\nreason = " "', "setting 'lint.waive.0.reason'"),
        ('reason = "r"', "say which findings are waived: code, path or message"),
        ('code = "X"\nline = 0\nreason = "r"', "setting 'lint.waive.0.line'"),
    ],
)
def test_a_waiver_must_be_well_formed(table: str, words: str, isolated_user: Path) -> None:
    (isolated_user / "hdlsmith.toml").write_text(f"[[lint.waive]]\n{table}\n")
    with pytest.raises(InputError) as caught:
        load_settings()
    assert words in caught.value.message
    assert "cod =" not in table or caught.value.remedy == "did you mean 'lint.waive.code'?"
