"""Prompts and extraction of VerilogEval, word for word as its own harness has them."""

from pathlib import Path

import pytest

from hdlsmith.benchmarks.problems import select
from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from hdlsmith.errors import InputError
from tests.benchmarks.made_up import GATES, design

BODY = "module TopModule (\n  input a\n);\nendmodule"


@pytest.fixture
def completing(checkout: Path) -> VerilogEval:
    return VerilogEval(checkout, "code-complete-iccad2023")


def test_problems_are_read_off_the_checkout(gates: VerilogEval) -> None:
    problems = gates.problems()
    assert [problem.id for problem in problems] == list(GATES)
    first = problems[0]
    assert "module TopModule (" in first.golden
    assert "RefModule" not in first.golden
    assert [str(port) for port in first.interface] == ["input a", "input b", "output y"]


def test_the_dataset_hash_follows_every_file(gates: VerilogEval, checkout: Path) -> None:
    before = gates.dataset_hash()
    assert VerilogEval(checkout).dataset_hash() == before
    (checkout / "dataset_spec-to-rtl" / "Prob002_or_test.sv").write_text("// another\n")
    assert gates.dataset_hash() != before


def test_the_prompt_of_spec_to_rtl(gates: VerilogEval) -> None:
    system, user = gates.official_messages(gates.problems()[0], shots=0)
    assert (system.role, user.role) == ("system", "user")
    assert system.content == (
        "\nYou are a Verilog RTL designer that only writes code using correct Verilog syntax.\n"
    )
    assert user.content == (
        "\nQuestion:\nI would like a module named TopModule with\n"
        " - input  a\n - input  b\n - output y\n\nIt is a 2-input AND.\n"
        "\nEnclose your code with [BEGIN] and [DONE]. Only output the code snippet\n"
        "and do NOT output anything else.\n\nAnswer:\n"
    )


def test_the_prompt_of_code_complete_comments_all_but_the_header(completing: VerilogEval) -> None:
    system, user = completing.official_messages(completing.problems()[0], shots=0)
    assert "Do not include module, input and output definitions." in system.content
    assert user.content == (
        "\n// Implement the Verilog module based on the following description. Assume that "
        "signals are positive clock/clk triggered unless otherwise stated.\n"
        "// \n// Build a 2-input AND.\n// \n\n"
        "module TopModule (\n  input a,\n  input b,\n  output y\n);\n"
    )


@pytest.mark.parametrize("shots", [1, 2, 3, 4])
def test_shots_come_from_the_checkouts_scripts(
    gates: VerilogEval, checkout: Path, shots: int
) -> None:
    scripts = checkout / "scripts"
    scripts.mkdir()
    name = f"verilog-example-prefix_spec-to-rtl_{shots}-shot.txt"
    (scripts / name).write_text(f"EXAMPLES {shots}\n")
    problem = gates.problems()[0]
    plain = gates.official_messages(problem, shots=0)[1].content
    with_shots = gates.official_messages(problem, shots)[1].content
    assert with_shots == f"EXAMPLES {shots}\n{plain}"


def test_shots_without_scripts_name_the_way_out(gates: VerilogEval) -> None:
    with pytest.raises(InputError, match="2-shot examples are not in") as caught:
        gates.official_messages(gates.problems()[0], shots=2)
    assert "--shots 0" in caught.value.remedy
    with pytest.raises(InputError, match="0 to 4 shots, not 5"):
        gates.official_messages(gates.problems()[0], shots=5)


def test_a_missing_checkout_names_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no dataset_spec-to-rtl") as caught:
        VerilogEval(tmp_path)
    assert "git clone https://github.com/NVlabs/verilog-eval" in caught.value.remedy
    with pytest.raises(InputError, match="no task 'x'") as caught:
        VerilogEval(tmp_path, "x")
    assert "spec-to-rtl" in caught.value.remedy


def test_an_empty_or_torn_checkout_is_an_input_error(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "dataset_spec-to-rtl").mkdir()
    with pytest.raises(InputError, match=r"no \*_prompt\.txt"):
        VerilogEval(tmp_path).problems()
    (checkout / "dataset_spec-to-rtl" / "Prob002_or_ref.sv").unlink()
    with pytest.raises(InputError, match=r"cannot read .*Prob002_or_ref.sv"):
        VerilogEval(checkout).problems()


@pytest.mark.parametrize(
    ("completion", "extracted"),
    [
        (f"Sure!\n[BEGIN]\n{BODY}\n[DONE]\nBye", f"\n\n{BODY}\n\n"),
        (f"  [BEGIN] // x\n{BODY}\nwire w; [DONE]", f"\n // x\n{BODY}\nwire w; \n"),
        (f"[BEGIN]\n{BODY}\n", "\n"),  # no [DONE]: the official rule leaves nothing
        ("[BEGIN][DONE]\nx\n[DONE]", "\n[DONE]\nx\n\n"),  # [DONE] is looked for from line two
        (f"```verilog\n{BODY}\n```\nand\n```\nsecond\n```", f"\n{BODY}\n"),
        (f"```\n{BODY}\n", f"\n{BODY}\n"),  # a single fence is no block
        (f"Here it is:\n{BODY}\nmodule Late; endmodule", f"\n{BODY}\n"),
        ("assign y = a;\nendmodule\nmore", "\nassign y = a;\nendmodule\n"),
        ("I cannot do that.", "\nI cannot do that.\n"),
        ("", "\n\n"),
    ],
)
def test_extraction_of_spec_to_rtl(gates: VerilogEval, completion: str, extracted: str) -> None:
    assert gates.extract(gates.problems()[0], completion) == extracted


INTERFACE = "\nmodule TopModule (\n  input a,\n  input b,\n  output y\n);\n\n\n"


@pytest.mark.parametrize(
    ("completion", "extracted"),
    [
        ("  assign y = a;\nendmodule\nmore", INTERFACE + "  assign y = a;\nendmodule\n"),
        ("```\n  assign y = a;\nendmodule\n```", INTERFACE + "  assign y = a;\nendmodule\n"),
        (f"{BODY}\nmore", f"\n{BODY}\n"),
        (f"Text\n{BODY}\nmore", f"\n{BODY}\n"),
        (f"[BEGIN]\n{BODY}\n[DONE]", f"\n{BODY}\n"),  # markers are of the other task
    ],
)
def test_extraction_of_code_complete(
    completing: VerilogEval, completion: str, extracted: str
) -> None:
    assert completing.extract(completing.problems()[0], completion) == extracted


def test_selection_by_name_prefix_stride_and_offset(gates: VerilogEval) -> None:
    problems = gates.problems()
    assert [p.id for p in select(problems, ("Prob002", "Prob001_and"), 1, 0)] == [
        "Prob001_and",
        "Prob002_or",
    ]
    assert [p.id for p in select(problems, (), 2, 0)] == ["Prob001_and", "Prob003_xor"]
    assert [p.id for p in select(problems, (), 2, 1)] == ["Prob002_or"]
    with pytest.raises(InputError, match="no problem 'Prob00'"):  # half a number is no name
        select(problems, ("Prob00",), 1, 0)


def test_the_golden_is_a_right_answer_in_text(gates: VerilogEval) -> None:
    assert gates.problems()[0].golden == design("a & b")
