"""Verible: its rules, the project's own, and what it can't read."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.diagnostics import parse_verible
from hdlsmith.sandbox.linters.verible import DEFAULT_RULES, Verible, find_verible, lint_argv
from hdlsmith.settings import LintSettings, SandboxSettings, Settings, ToolSettings

UGLY = (
    "module m(input clk, a, output reg q);\n"
    "\talways @(posedge clk) q <= a;  // eleven more\n"
    "  wire w;;  \n"
    "endmodule"
)


def verible(rules: str = "", **limits: int) -> Verible:
    settings = Settings(lint=LintSettings(verible_rules=rules))
    found = Verible.find(settings, make_cage(SandboxSettings(**limits)))
    assert found
    return found


def said(tool: Verible, text: str, path: str = "rtl/m.sv") -> tuple[Diagnostic, ...]:
    return tool.lint(Design((SourceFile(path, text, language_of(path)),)))


@pytest.mark.tool("verible")
def test_layout_and_names_are_left_to_the_team() -> None:
    assert [str(d) for d in said(verible(), UGLY)] == [
        "rtl/m.sv:3:10: note: Do not use consecutive null statements like ';;'."
        " [verible:forbid-consecutive-null-statements]"
    ]


@pytest.mark.tool("verible")
@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        ("no-tabs", ["no-tabs", "forbid-consecutive-null-statements"]),
        (
            "no-tabs,posix-eof,-forbid-consecutive-null-statements",
            ["no-tabs", "posix-eof"],
        ),
        (
            "line-length=length:40",
            ["line-length", "forbid-consecutive-null-statements"],
        ),
    ],
)
def test_a_team_chooses_more_rules_or_fewer(rules: str, codes: list[str]) -> None:
    assert [d.code for d in said(verible(rules), UGLY)] == codes


@pytest.mark.tool("verible")
@pytest.mark.parametrize(
    ("rules", "words"),
    [("no-tab", 'Invalid flag "no-tab"'), ("line-length=length:x", "Cannot parse integer")],
)
def test_rules_it_does_not_know_are_refused(rules: str, words: str) -> None:
    with pytest.raises(InputError, match="verible refuses its rules") as caught:
        said(verible(rules), UGLY)
    assert words in caught.value.message
    assert "lint.verible_rules" in caught.value.remedy


@pytest.mark.tool("verible")
def test_a_file_of_rules_takes_the_place_of_ours(isolated_user: Path) -> None:
    (isolated_user / ".rules.verible_lint").write_text(
        "-module-filename\n-forbid-consecutive-null-statements\nno-tabs\n"
    )
    found = {d.code for d in said(verible(), UGLY)}
    assert found == {"no-tabs", "no-trailing-spaces", "posix-eof"}
    (isolated_user / "rtl").mkdir()
    assert {d.code for d in said(verible("-posix-eof"), UGLY)} == found - {"posix-eof"}


@pytest.mark.tool("verible")
def test_a_file_of_rules_with_a_mistake_is_refused(isolated_user: Path) -> None:
    (isolated_user / ".rules.verible_lint").write_text("no-such-rule\n")
    with pytest.raises(InputError, match="no-such-rule") as caught:
        said(verible(), UGLY)
    assert ".rules.verible_lint" in caught.value.remedy


@pytest.mark.tool("verible")
def test_a_file_of_rules_that_is_a_link_is_not_followed(
    isolated_user: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (isolated_user / ".rules.verible_lint").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="is a link"):
        verible()


@pytest.mark.tool("verible")
def test_its_own_waivers_count() -> None:
    text = UGLY.replace(";;", ";; // verilog_lint: waive forbid-consecutive-null-statements")
    assert said(verible(), text) == ()


@pytest.mark.tool("verible")
def test_of_a_file_it_can_not_parse_it_says_one_thing() -> None:
    [found] = said(verible(), "module m(input a output b);\n  assign b = a;\nendmodule\n")
    assert (found.code, found.severity) == ("syntax", Severity.ERROR)
    assert str(found.span) == "rtl/m.sv:1:18"


@pytest.mark.tool("verible")
def test_headers_are_passed_over() -> None:
    assert said(verible(), "`define A ;;\n", "a.svh") == ()


@pytest.mark.tool("verible")
@pytest.mark.parametrize("path", ["-x.sv", "--rules=all.sv", "a b.sv"])
def test_a_file_name_is_no_option(path: str) -> None:
    assert {d.span.path for d in said(verible(), UGLY, path) if d.span} == {path}


@pytest.mark.tool("verible")
def test_one_that_fell_over_is_a_note() -> None:
    deep = "module m; wire a = " + "(" * 300_000 + "1" + ")" * 300_000 + "; endmodule\n"
    found = said(verible(memory_mb=64), deep)
    assert [(d.code, d.severity) for d in found] == [("gave-up", Severity.NOTE)]


def test_argv() -> None:
    ours = ",".join(DEFAULT_RULES)
    assert lint_argv(["a.sv"], "", False) == ["--ruleset=none", f"--rules={ours}", "./a.sv"]
    assert lint_argv(["a.sv"], "-x", False)[1] == f"--rules={ours},-x"
    assert lint_argv(["a.sv"], "", True) == [
        "--rules_config=.rules.verible_lint",
        "--rules=",
        "./a.sv",
    ]


@pytest.mark.parametrize(
    ("line", "column", "code", "message"),
    [
        (
            "./a.sv:5:101-120: Too long [Style: line-length] [line-length]",
            101,
            "line-length",
            "Too long",
        ),
        ("./a.sv:5:7: Tabs: none [Style: tabs] [no-tabs]", 7, "no-tabs", "Tabs: none"),
        (
            "./a.sv:5:7:9:12: Label [Style: labels] [mismatched-labels]",
            7,
            "mismatched-labels",
            "Label",
        ),
        ('./a.sv:5:1-9: syntax error at token "end"', 1, "syntax", 'syntax error at token "end"'),
        ('./a.sv:5:2-5: preprocessing error at token "`A" : no', 2, "unreadable", None),
    ],
)
def test_parse(line: str, column: int, code: str, message: str | None) -> None:
    [found] = parse_verible(f"noise\n{line}\n")
    assert found.span
    assert (found.span.path, found.span.line, found.span.column) == ("a.sv", 5, column)
    assert found.code == code
    assert message is None or found.message == message


def test_a_setting_that_points_nowhere_finds_nothing(tmp_path: Path) -> None:
    assert find_verible(ToolSettings(verible=tmp_path / "none")) is None
