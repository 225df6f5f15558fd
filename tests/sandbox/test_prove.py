"""Assertions, by the real Yosys and ABC."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.formal.assertions import AssertionChecker
from hdlsmith.sandbox.formal.proof import Counterexample, Proof, ProofResult, overall
from hdlsmith.settings import Settings

pytestmark = pytest.mark.tool("pyosys")

COUNTER = """module t(input clk, rst, en, output reg [3:0] q = 0);
  always @(posedge clk) if (rst || q == 9) q <= 0; else if (en) q <= q + 1;
`ifdef FORMAL
  bounded: assert property (@(posedge clk) q <= 9);
  steady: assert property (@(posedge clk) rst || q != 12);
`endif
endmodule
"""


def prove(text: str, depth: int = 30) -> tuple[ProofResult, ...]:
    checker = AssertionChecker.find(make_cage(Settings().sandbox))
    source = SourceFile("t.sv", text, Language.SYSTEMVERILOG)
    return checker.prove(Design((source,), "t"), depth)


def test_assertions_are_proven_for_ever() -> None:
    results = prove(COUNTER, depth=5)
    assert [(r.subject, r.proof) for r in results] == [
        ("bounded", Proof.PROVEN),
        ("steady", Proof.PROVEN),
    ]
    assert [str(r.span) for r in results] == ["t.sv:4:3", "t.sv:5:3"]


def test_a_failure_comes_with_the_inputs_that_cause_it() -> None:
    bounded, _ = prove(COUNTER.replace("q == 9", "q == 11"))
    assert bounded.proof is Proof.REFUTED
    assert bounded.counterexample
    names, steps = bounded.counterexample.signals, bounded.counterexample.steps
    enabled = [step for step in steps if step[names.index("en")] == "1"]
    assert len(enabled) >= 2 * 10  # ten cycles, each with the clock low and high


def test_a_register_without_a_start_may_start_anyhow() -> None:
    bounded, _ = prove(COUNTER.replace("q = 0", "q"))
    assert bounded.proof is Proof.REFUTED
    assert bounded.counterexample
    ((name, value),) = bounded.counterexample.starts
    assert name == "q"
    assert int(value, 2) > 9


@pytest.mark.parametrize(
    "added",
    [
        "always @* never: assume (en && !en);",
        "always @(posedge clk) later: assume (q == 5);",
    ],
)
def test_contradictory_assumptions_prove_nothing(added: str) -> None:
    results = prove(COUNTER.replace("`endif", f"{added}\n`endif"))
    assert {r.proof for r in results} == {Proof.UNKNOWN}
    assert all("nothing reaches it" in r.evidence for r in results)


def test_an_assertion_that_is_never_reached_is_not_proven() -> None:
    guarded = "always @(posedge clk) if (q == 13) assert (q > 9);\n`endif"
    bounded, steady, guarded_result = prove(COUNTER.replace("`endif", guarded))
    assert (bounded.proof, steady.proof) == (Proof.PROVEN, Proof.PROVEN)
    assert guarded_result.proof is Proof.UNKNOWN
    assert "condition that never holds" in guarded_result.evidence


def test_assumptions_hold_the_inputs() -> None:
    text = COUNTER.replace("q == 9", "q == 11")
    held = text.replace("`endif", "hold: assume property (@(posedge clk) !en);\n`endif")
    assert {r.proof for r in prove(held)} == {Proof.PROVEN}


@pytest.mark.parametrize(
    "body",
    [
        "wire [3:0] y = a / b; always @* if (!b) assert (y == 15);",
        "reg m [0:2]; initial begin m[0] = 0; m[1] = 0; m[2] = 0; end always @* assert (!m[a]);",
        """reg [1:0] r; always @* begin
             unique casez (a) 4'b1???: r = 1; 4'b?1??: r = 2; default: r = 0; endcase
             assert (r != 1 || !a[2]); end""",
        "(* init = 1'b1 *) reg r; always @(posedge clk) begin r <= 1; assert (r); end",
    ],
    ids=["quotient by zero", "no such word", "not unique", "init"],
)
def test_what_only_yosys_gives_a_value_is_not_proven(body: str) -> None:
    results = prove(f"module t(input clk, input [3:0] a, b); {body} endmodule")
    assert [result.proof for result in results] == [Proof.REFUTED]


def test_asynchronous_resets_and_instances() -> None:
    inner = COUNTER.replace("module t", "module inner").replace("clk)", "clk or posedge rst)", 1)
    inner = inner.replace("rst || q == 9", "rst) q <= 0; else if (q == 9")
    text = inner + (
        "module t(input clk, rst, en, output [3:0] q);\n"
        "  inner deep(.clk(clk), .rst(rst), .en(en), .q(q));\nendmodule\n"
    )
    results = prove(text)
    assert [(r.subject, r.proof) for r in results] == [
        ("deep.bounded", Proof.PROVEN),
        ("deep.steady", Proof.PROVEN),
    ]
    assert prove(text.replace("q == 9)", "q == 11)"))[0].proof is Proof.REFUTED


def test_no_result_without_its_evidence() -> None:
    with pytest.raises(ValueError, match="counterexample"):
        ProofResult(Proof.REFUTED, "so I say")
    with pytest.raises(ValueError, match="method"):
        ProofResult(Proof.PROVEN, "so I say")
    proven = ProofResult(Proof.PROVEN, "", "by hand")
    refuted = ProofResult(Proof.REFUTED, "", counterexample=Counterexample((), (), 0))
    unknown = ProofResult(Proof.UNKNOWN, "")
    assert overall(()) is Proof.UNKNOWN
    assert overall((proven, unknown)) is Proof.UNKNOWN
    assert overall((proven, unknown, refuted)) is Proof.REFUTED
    assert overall((proven,)) is Proof.PROVEN


def test_the_command(tmp_path: Path) -> None:
    file, waves = tmp_path / "t.sv", tmp_path / "why.fst"

    def run(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["prove", str(file), "--top", "t", *more])
        return done.exit_code, done.stdout

    file.write_text(COUNTER)
    assert run()[0] == 0
    file.write_text(COUNTER.replace("q == 9", "q == 11"))
    code, text = run("--waves", str(waves))
    assert code == 1
    assert "t.sv:4:3: REFUTED bounded" in text
    assert waves.stat().st_size > 0
    code, text = run("--json")
    assert json.loads(text)["assertions"][0]["counterexample"]["signals"] == ["clk", "rst", "en"]
    file.write_text(COUNTER.partition("`ifdef")[0] + "endmodule\n")
    assert run() == (4, "UNKNOWN: 0 of 0 assertions proven\n")
