"""What is around the code of a model's answer: prose, fences, the same module several times."""

import re

from hdlsmith.agent.extract import extract_code
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, edited

_FENCE = re.compile(r"^[ \t]*```[^\n]*\n?", re.MULTILINE)
_TAG = re.compile(
    r"^[ \t]*(?:\[/?(?:BEGIN|DONE|CODE)\]|</?(?:code|verilog)>)[ \t]*\n?", re.MULTILINE | re.I
)
_ANY = (
    r"slang:(?:Expected|Unexpected|NotAllowed|Expr|Undeclared|Unknown)\w*",
    r"icarus:syntax ",
    r"hdlsmith:top ",
)
_SIGNS = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u00d7": "*", "\u00a0": " ", "\u3000": " ", "\u2264": "<=", "\u2265": ">=",
    "\u200b": None, "\ufeff": None, "\uff08": "(", "\uff09": ")", "\uff1b": ";", "\uff0c": ",",
})  # fmt: skip


@answers(*_ANY)
def take_code_out_of_prose(broken: Broken) -> str | None:
    """Sentences before the first module and behind the last, and fences around them."""
    text = broken.text
    if not re.search(r"\bmodule\b", text):
        return None
    code = extract_code(text, broken.top)
    if not code or len(code) >= len(text.strip()):
        return None
    cut = text.partition(code.strip())
    around = re.sub(r"//[^\n]*|/\*.*?\*/", "", cut[0] + cut[2], flags=re.DOTALL).strip()
    return code if around else None


@answers(*_ANY)
def drop_fences(broken: Broken) -> str | None:
    """Fence lines and tags that are left in the code."""
    mended = _TAG.sub("", _FENCE.sub("", broken.text))
    return mended if mended != broken.text else None


@answers(r"slang:\w+ ", r"icarus:syntax ")
def write_plain_signs(broken: Broken) -> str | None:
    """Typographic quotes, dashes and spaces."""
    mended = broken.text.translate(_SIGNS)
    return mended if mended != broken.text else None


@answers(r"slang:ExpectedToken expected 'endmodule'", r"slang:\w+ ")
def drop_repeated_header(broken: Broken) -> str | None:
    """`module t(…); module t(…); …`: an interface that was copied before the module itself."""
    found = re.search(
        r"\bmodule\s+(\w+)\b[^;]*;\s*(?:endmodule\s*)?(?=(?:```\w*\s*)?module\s+\1\b)", broken.text
    )
    return edited(broken.text, Edit(found.start(), found.end(), "")) if found else None


@answers(
    r"icarus:redeclared '(?P<name>\w+)'",
    r"slang:(?:Redefinition|DuplicateDefinition)\w* .*'(?P<name>\w+)'",
    r"icarus:\w+ Module (?P<name>\w+) was already declared",
)
def keep_one_of_equal_modules(broken: Broken) -> str | None:
    """Of several modules of one name the last that has a body."""
    same = [m for m in broken.source.modules if m.header.name.valueText == broken.name]
    if len(same) < 2:
        return None
    full = [m for m in same if list(m.members)] or same
    return edited(broken.text, *(broken.source.delete(m) for m in same if m is not full[-1]))


RULES = (
    write_plain_signs,
    take_code_out_of_prose,
    drop_fences,
    drop_repeated_header,
    keep_one_of_equal_modules,
)
