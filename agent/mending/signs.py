"""Single signs and words: `;`, commas, brackets, colons, keywords that no HDL has."""

import re
from itertools import pairwise

from hdlsmith.agent.mending.blocks import CASES, ITEM, open_at
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Token, edited


@answers(r"slang:\w+ ")
def spell_keyword(broken: Broken) -> str | None:
    """Words of other languages: `elsif`, `endif`, `end always`."""
    edits = [
        Edit(found.start(), found.end(), new)
        for pattern, new in _SPELLINGS
        for found in pattern.finditer(broken.text)
    ]
    return edited(broken.text, *edits) if edits else None


_SPELLINGS = (
    (re.compile(r"\b(?:elseif|elsif|elif)\b"), "else if"),
    (re.compile(r"\b(?:endif|endalways|end_always|endinitial|endfor)\b"), "end"),
    (re.compile(r"\bend\s+(?:always|if|for|initial)\b(?=\s*[;\n])"), "end"),
    (re.compile(r"\bend\s+(?=case\s*[;\n])case\b"), "endcase"),
    (re.compile(r"\bend\s+module\b"), "endmodule"),
    (re.compile(r"\b(?:end_case|endswitch)\b"), "endcase"),
    (re.compile(r"\bend_module\b"), "endmodule"),
)  # fmt: skip


@answers(r"slang:ExpectedToken expected ';'")
def separate_declared_names(broken: Broken) -> str | None:
    """`parameter A = 0 B = 1;`: names in one declaration stand with commas."""
    tokens = broken.source.tokens
    at = next((i for i, t in enumerate(tokens) if t.start >= broken.offset), None)
    if not at or at + 1 >= len(tokens) or tokens[at + 1].text not in ("=", ",", ";"):
        return None
    first = next((i for i in range(at, -1, -1) if tokens[i].text in (";", ")", "end", "begin")), 0)
    if not _DECLARES.fullmatch(tokens[first + 1].text) or not tokens[at].text.isidentifier():
        return None
    if broken.text.count("\n", tokens[at - 1].end, tokens[at].start):
        return None
    return edited(broken.text, Edit(tokens[at - 1].end, tokens[at - 1].end, ","))


_DECLARES = re.compile(r"parameter|localparam|reg|wire|logic|integer|input|output")


@answers(r"slang:Expected(?:Declarator|Member|Token)")
def declare_bare_item(broken: Broken) -> str | None:
    """`[1:0] next;` and `state;` among the items of a module: a declaration without its kind."""
    source = broken.source
    found = re.compile(
        r"[ \t]*(?P<at>(?:\[[^\];]*\]\s*)?(?P<name>[A-Za-z_]\w*)\s*(?:,\s*\w+\s*)*;)"
    ).match(broken.text, source.line_start(broken.offset))
    if (
        not found
        or found["name"] in _KEYWORDS
        or open_at(source.tokens, found.start("at")) != ["module"]
    ):
        return None
    driven = re.search(rf"\bassign\s+{found['name']}\b", broken.text)
    return edited(
        broken.text, Edit(found.start("at"), found.start("at"), "wire " if driven else "reg ")
    )


_KEYWORDS = ("endmodule", "end", "endcase", "begin", "generate", "endgenerate", "default")


@answers(r"slang:ExpectedToken expected '(?P<name>[;,:()\]}@]|end|endcase|begin)'")
def insert_expected(broken: Broken) -> str | None:
    """What the parser says is missing, where it says so: not the sign's name, the sign."""
    sign = re.search(r"expected '(.+)'$", broken.error.message)
    if not sign:
        return None
    at = broken.offset
    # Behind the token before, not in front of the one that surprised the parser.
    before = [t for t in broken.source.tokens if t.end <= at]
    at = before[-1].end if before else at
    word = sign[1]
    return edited(broken.text, Edit(at, at, f" {word}" if word.isalpha() else word))


@answers(r"icarus:\w+ Superfluous comma in port", r"slang:\w+ .*", r"icarus:syntax ")
def mend_port_commas(broken: Broken) -> str | None:
    """A comma that is missing, doubled or left over in a port list, or a semicolon instead."""
    text, edits = broken.text, []
    for header in re.finditer(r"\bmodule\s+\w+\s*(?:#\s*\([^;]*?\)\s*)?\(", text):
        inside = _inside(broken.source.tokens, header.end() - 1)
        if not inside:
            continue
        for before, token in pairwise(inside):
            starts = token.text in ("input", "output", "inout")
            if token.text in (",", ")") and before.text == ",":
                edits.append(Edit(before.start, before.end, ""))
            elif token.text == ";" and inside[-1] is not token:
                edits.append(Edit(token.start, token.end, ","))
            elif starts and before.text not in (",", "(", ";", "*)"):
                edits.append(Edit(before.end, before.end, ","))
    left = [e for e in edits if e.text or e.end > e.start]
    mended = edited(text, *left)
    return re.sub(r",(\s*)\)(\s*;)", r"\1)\2", mended) if left else None


@answers(r"slang:\w+ ")
def open_port_list(broken: Broken) -> str | None:
    """`module t input a, …);` and `module t; input a, …);`."""
    found = re.search(
        r"\bmodule\s+\w+(?P<gap>\s*;?)(?=\s*(?:input|output|inout)\b[^;]*\)\s*;)", broken.text
    )
    if not found or "(" in broken.text[found.start() : found.end()]:
        return None
    return edited(broken.text, Edit(*found.span("gap"), " ("))


@answers(r"slang:UnexpectedEndDelim unexpected '(?P<name>[)\]}])'", r"slang:Expected\w+")
def pair_bracket(broken: Broken) -> str | None:
    """A `)` that nothing opens is opened behind `if`, or where its expression starts."""
    opened: list[Token] = []
    tokens = broken.source.tokens
    for at, token in enumerate(tokens):
        if token.text in _BRACKETS:
            opened.append(token)
        elif token.text in _BRACKETS.values():
            if opened and _BRACKETS[opened[-1].text] == token.text:
                opened.pop()
                continue
            if opened:
                return None
            first = next(
                (i for i in range(at - 1, -1, -1) if tokens[i].text in _OPENED_BY_BRACKET), None
            )
            empty = first is None or first + 1 >= at or tokens[first + 1].text == "("
            if token.text != ")" or first is None or empty or tokens[first].text in (";", ")"):
                return edited(broken.text, Edit(token.start, token.end, ""))
            start = tokens[first + 1].start
            return edited(broken.text, Edit(start, start, "("))
        elif token.text == ";" and not _is_for(tokens, opened):
            opened.clear()
    return None


_BRACKETS = {"(": ")", "[": "]", "{": "}"}


_OPENED_BY_BRACKET = (
    "if", "case", "casez", "casex", "for", "while", "repeat", "@",
    "=", "<=", "?", ":", ",", ";", ")",
)  # fmt: skip


def _is_for(tokens: tuple[Token, ...], opened: list[Token]) -> bool:
    """The outermost open bracket is that of a `for`, in which semicolons stand."""
    at = tokens.index(opened[0]) if opened else 0
    return bool(at) and tokens[at - 1].text == "for"


@answers(r"slang:\w+ ")
def close_port_list(broken: Broken) -> str | None:
    """A port list that lacks `)` or `);` in front of the first item."""
    for header in re.finditer(r"\bmodule\s+\w+\s*(?:#\s*\([^;]*?\)\s*)?\(", broken.text):
        tokens = [t for t in broken.source.tokens if t.start >= header.end()]
        depth = 1
        for before, token in zip([None, *tokens], tokens, strict=False):
            depth += (token.text in "([{") - (token.text in ")]}")
            if before is None:
                continue
            if depth == 0:
                break
            if re.fullmatch(r"always\w*|assign|initial|localparam|begin", token.text):
                keep = before.start if before.text in (",", ";") else before.end
                return edited(broken.text, Edit(keep, before.end, "\n);"))
    return None


@answers(r"slang:ExpectedContinuousAssignment", r"icarus:\w+ .*continuous assignment")
def assign_with_equals(broken: Broken) -> str | None:
    """`assign y <= a;`"""
    pattern = re.compile(r"\bassign\s+[\w\[\]:{}, +\-*]+?\s*(<=|:=|==)")
    line = broken.source.line_start(broken.offset)
    found = pattern.search(broken.text, line)
    return edited(broken.text, Edit(*found.span(1), "=")) if found else None


@answers(r"slang:Expected(?:Token|CaseItem)")
def end_case_label(broken: Broken) -> str | None:
    """`IDLE next = RUN;` in a `case`, without the colon."""
    edits = []
    tokens = broken.source.tokens
    depth = 0
    for at, token in enumerate(tokens[:-2]):
        depth += (token.text in CASES) - (token.text == "endcase")
        label, name, sign = tokens[at : at + 3]
        starts = at and tokens[at - 1].text in (";", "end", ")", "endcase")
        worded = re.fullmatch(r"[A-Z]\w*|\d*'\w+|\d+", label.text)
        body = name.text == "begin" or (
            re.fullmatch(r"[A-Za-z_]\w*", name.text) and sign.text in ("=", "<=", "[")
        )
        if depth > 0 and starts and worded and body:
            edits.append(Edit(label.end, label.end, ":"))
    return edited(broken.text, *edits) if edits else None


@answers(r"slang:ExpectedToken", r"slang:ExpectedCaseItem")
def case_over_concatenation(broken: Broken) -> str | None:
    """`case (a, b)`: `case ({a, b})`."""
    pattern = re.compile(r"\bcase[xz]?\s*\(([^(){};]*,[^(){};]*)\)")
    edits = [Edit(*m.span(1), f"{{{m[1]}}}") for m in pattern.finditer(broken.text)]
    return edited(broken.text, *edits) if edits else None


@answers(r"slang:Expected\w+", r"slang:UnexpectedEndDelim")
def assign_in_module_body(broken: Broken) -> str | None:
    """`y = a;` among the items of a module, which lacks `assign`; an `if` there lacks `always`."""
    source, text = broken.source, broken.text
    line = source.line_start(broken.offset)
    at = next((t for t in source.tokens if t.start >= line), None)
    if at is None or open_at(source.tokens, at.start) != ["module"]:
        return None
    before = [t.text for t in source.tokens if t.end <= at.start][-1:]
    if before and before[0] not in (";", "end", "endgenerate", "endfunction", "endtask"):
        return None
    if re.compile(r"(?:[\w\[\]:]+|\{[\w\[\]:, ]+\})\s*=(?!=)[^;]*;").match(
        text, at.start
    ) and not ITEM.fullmatch(at.text):
        return edited(text, Edit(at.start, at.start, "assign "))
    if at.text in ("if", "case", "casez", "casex", "for"):
        return edited(text, Edit(at.start, at.start, "always @(*) "))
    return None


def _inside(tokens: tuple[Token, ...], opener: int) -> list[Token]:
    """From a bracket to the one that closes it."""
    depth, found = 0, []
    for token in tokens:
        if token.start < opener:
            continue
        depth += (token.text == "(") - (token.text == ")")
        found.append(token)
        if depth == 0:
            return found
        if token.text in ("endmodule", "always", "assign"):
            break
    return []


RULES = (
    spell_keyword,
    case_over_concatenation,
    end_case_label,
    assign_with_equals,
    mend_port_commas,
    open_port_list,
    close_port_list,
    pair_bracket,
)
GUESSES = (assign_in_module_body, declare_bare_item, separate_declared_names, insert_expected)
"""They come after what restores the blocks: a stray statement may only have lost its block."""
