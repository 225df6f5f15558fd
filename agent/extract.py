"""From a model's prose to the code in it."""

import re

_FENCED = re.compile(r"^[ \t]*(`{3,})[^\n`]*\n(.*?)^[ \t]*\1`*[ \t]*$", re.DOTALL | re.MULTILINE)
_OPEN_FENCE = re.compile(r"^[ \t]*`{3,}[^\n`]*\n", re.MULTILINE)
_MODULE = re.compile(r"^[ \t]*(?:module|package|interface|`\w+)\b", re.MULTILINE)
_LAST_END = re.compile(r"\bend(?:module|package|interface)\b[^\n]*", re.DOTALL)


def extract_code(answer: str, top: str) -> str:
    """The Verilog or SystemVerilog source in a model's answer; "" where there is none.

    The last fenced block that defines `top` wins, else the last one that defines any module, else
    unfenced text from the first `module` to the last `endmodule`. An answer that was cut off
    keeps what it has: the compiler will say what is missing.
    """
    blocks = [match[2] for match in _FENCED.finditer(answer)]
    closed_upto = max((match.end() for match in _FENCED.finditer(answer)), default=0)
    if tail := _OPEN_FENCE.search(answer, closed_upto):
        blocks.append(answer[tail.end() :])
    wanted = re.compile(rf"\bmodule\s+{re.escape(top)}\b")
    with_top = [block for block in blocks if wanted.search(block)]
    with_any = [block for block in blocks if _MODULE.search(block)]
    if code := (with_top or with_any)[-1:]:
        return code[0].strip() + "\n"
    bare = answer
    if start := _MODULE.search(bare):
        bare = bare[start.start() :]
        ends = list(_LAST_END.finditer(bare))
        return (bare[: ends[-1].end()] if ends else bare).strip() + "\n"
    return ""
