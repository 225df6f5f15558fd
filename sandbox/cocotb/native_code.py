"""Ways for a design to bring machine code of its own into its simulator.

Verilator takes C++ from the source (`$c`, `systemc_imp_header` and its kin) and calls C functions
(DPI); GHDL binds functions of any library (`attribute foreign`). Under cocotb the tests run in
that very process, where such code could speak for them. Icarus Verilog has nothing of the kind.

Raw text is searched, what is commented out included, so that nothing hides from this reading that
the simulator's own reading brings back.
"""

import re

from hdlsmith.design import Design

_C_CODE = re.compile(r'\$c(?:pure)?\d*(?![\w$])|systemc_|"\s*DPI|"""')
_FOREIGN = re.compile(r"\bforeign\b", re.IGNORECASE)
# What is never closed is found once and kept, or a flood of such would be searched for hours.
_QUIET = re.compile(
    r'"(?:\\.|[^"\\\n])*(?:"|(?P<cut>))|//[^\n]*|/\*.*?(?:\*/|(?P<open>\Z))', re.DOTALL
)
# A `$` that a macro could join with a `c` to come; `[$]`, `[1:$]` and `q[$-1]` are none.
_LOOSE_DOLLAR = re.compile(r"\$(?![\w\]:+\-])")


def native_code(design: Design, simulator: str) -> str:
    """Where a design does so on that simulator, or ""."""
    for file in design.files:
        found = None
        if simulator == "verilator":
            blank = _QUIET.sub(_blank, file.text)
            found = _C_CODE.search(file.text) or _LOOSE_DOLLAR.search(blank)
        elif simulator == "ghdl":
            found = _FOREIGN.search(file.text)
        if found:
            line = file.text.count("\n", 0, found.start()) + 1
            return f"{file.path}:{line}: brings code of its own into the simulator ({found[0]!r})"
    return ""


def _blank(quiet: re.Match[str]) -> str:
    return quiet[0] if quiet.lastgroup else re.sub(r"[^\n]", " ", quiet[0])
