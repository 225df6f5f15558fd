"""Code out of prose."""

import pytest

from hdlsmith.agent.extract import extract_code

M = "module m(input a);\nendmodule\n"
OTHER = "module other;\nendmodule\n"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (f"Here:\n```verilog\n{M}```\nDone.", M),
        (f"```\n{M}```", M),
        (f"````sv\n{M}````", M),
        (f"  ```verilog\n{M}  ```", M),
        (f"```verilog\n{OTHER}```\nand\n```verilog\n{M}```\nlike\n```verilog\n{OTHER}```", M),
        (f"```sh\nls\n```\n```sv\n{OTHER}```\n```text\nmodule names\n```", "module names\n"),
        (f"```verilog\n{M}", M),
        (M, M),
        (f"Sure, the code:\n{M}I hope it helps.", M),
        ("```verilog\nmodule m(input a);\n  assign", "module m(input a);\n  assign\n"),
        ("", ""),
        ("no code here", ""),
        ("```python\nprint(1)\n```", ""),
    ],
)
def test_extract(answer: str, code: str) -> None:
    assert extract_code(answer, "m") == code


def test_a_testbench_in_a_second_block_is_left_out() -> None:
    answer = f"```verilog\n{M}```\nTest it:\n```verilog\nmodule tb; m dut(.a(1'b0)); endmodule\n```"
    assert extract_code(answer, "m") == M
