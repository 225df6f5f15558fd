"""The official failure codes of VerilogEval v2, from the merged compile and simulation log.

The rules are those of the dataset's `sv-iv-analyze`, the weak ones included: this is what
published scores were counted with, not what we hold to be true (see `grade.py` for that).
"""

import re

PASS_CODE = "."  # noqa: S105
CODES = {
    ".": "pass",
    "S": "syntax error",
    "e": "explicit cast required",
    "0": "zero-width constant",
    "n": "process without sensitivities",
    "w": "wire assigned in a procedure",
    "m": "unknown module",
    "p": "unknown name",
    "c": "unknown clk",
    "C": "compile error",
    "T": "testbench timeout",
    "r": "wrong output, asynchronous reset",
    "R": "wrong output",
}
_FIRST_LINE_WINS = (
    ("syntax error", "S"),
    ("error: This assignment requires an explicit cast", "e"),
    ("error: Sized numeric constant must have a size greater than zero", "0"),
    ("warning: always_comb process has no sensitivities", "n"),
    ("found no sensitivities so it will never trigger", "n"),
    ("is declared here as wire", "w"),
    ("Unknown module type", "m"),
    ("Unable to bind wire/reg/memory `clk'", "c"),
    ("TIMEOUT", "T"),
)
_NO_MISMATCH = re.compile(r"^Mismatches: 0 in \d+ samples$", re.MULTILINE)
_ASYNC_RESET = re.compile(r"posedge reset|negedge reset|posedge r\)")


def official_code(log: str, design: str) -> str:
    """The code of one sample.

    Args:
        log: what the compiler and the simulation printed, in order.
        design: the text of the design under test.
    """
    log = log.replace("\r\n", "\n").replace("\r", "\n")  # the official one reads in text mode
    for line in log.split("\n"):
        for words, code in _FIRST_LINE_WINS:
            if words in line:
                return code
    if "Unable to bind wire/reg" in log:
        return "p"
    if "error" in log:
        return "C"
    if _NO_MISMATCH.search(log):
        return PASS_CODE
    return "r" if _ASYNC_RESET.search(design) else "R"
