"""What opens and closes: `begin`, `case`, `module`, and the tail of an answer that was cut off."""

import re

from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Token, edited

_CLOSED_BY = {
    "begin": ("end",), "case": ("endcase",), "casex": ("endcase",), "casez": ("endcase",),
    "module": ("endmodule",), "function": ("endfunction",), "task": ("endtask",),
    "generate": ("endgenerate",), "fork": ("join", "join_any", "join_none"),
    "(": (")",), "[": ("]",), "{": ("}",),
}  # fmt: skip


CASES = ("case", "casex", "casez")


_CLOSERS = {closer: opener for opener, closers in _CLOSED_BY.items() for closer in closers}


ITEM = re.compile(r"always\w*|assign|initial|generate|module|endmodule|wire|reg|input|output")


_ANY_SYNTAX = r"slang:(?:Expected|Unexpected|NotAllowed|ExprNot|Unknown|Invalid)\w+"


@answers(r"slang:ExpectedToken expected '(?P<name>end\w*)'")
def close_block_in_its_place(broken: Broken) -> str | None:
    """A missing `end` belongs where the indentation falls back, not at the end of the file."""
    text, word = broken.text, broken.error.message.rpartition("'")[0].rpartition("'")[2]
    opened = [t for t in _unclosed(broken.source.tokens) if word in _CLOSED_BY.get(t.text, ())]
    if not opened:
        return None
    opener = opened[-1]
    margin = len(broken.source.indent(opener.start))
    at = opener.end
    line_end = text.find("\n", at)
    while line_end >= 0:
        following = text.find("\n", line_end + 1)
        line = text[line_end + 1 : following if following >= 0 else len(text)]
        if line.strip() and len(line) - len(line.lstrip()) <= margin:
            closes = (
                re.match(r"\s*(?:end|endcase|else)\b", line)
                and len(line) - len(line.lstrip()) == margin
            )
            if not closes:
                indent = broken.source.indent(opener.start)
                return edited(text, Edit(line_end + 1, line_end + 1, f"{indent}{word}\n"))
        line_end = following
    return None


@answers(
    r"slang:ExpectedToken expected 'end",
    r"slang:Expected(?:Expression|Statement|Declarator|Token|Identifier)",
)
def close_cut_off_tail(broken: Broken) -> str | None:
    """An answer that breaks off: the half statement goes, and all that is open is closed."""
    tokens = list(broken.source.tokens)
    if not tokens or tokens[-1].text == "endmodule" or not any(t.text == "module" for t in tokens):
        return None
    while tokens and tokens[-1].text not in (
        ";",
        "end",
        "endcase",
        "begin",
        "endfunction",
        "endtask",
    ):
        tokens.pop()
    # Without its body a `begin`, and the branch that it starts, may stay: it is closed at once.
    if not tokens:
        return None
    opened = _unclosed(tuple(tokens))
    if not opened or any(t.text in "([{" for t in opened) or opened[0].text != "module":
        return None
    kept = broken.text[: tokens[-1].end]
    tail = "".join(
        f"\n{broken.source.indent(t.start)}{_CLOSED_BY[t.text][0]}" for t in reversed(opened)
    )
    return f"{kept}{tail}\n"


@answers(_ANY_SYNTAX)
def end_module_before_the_next(broken: Broken) -> str | None:
    """`module` inside a module that nobody closed."""
    depth = 0
    for token in broken.source.tokens:
        if token.text == "module":
            if depth:
                return edited(broken.text, Edit(token.start, token.start, "endmodule\n\n"))
            depth += 1
        elif token.text == "endmodule":
            depth = max(0, depth - 1)
    return None


@answers(_ANY_SYNTAX)
def drop_unopened_end(broken: Broken) -> str | None:
    """An `end` that closes nothing."""
    extra = _unopened(broken.source.tokens)
    if extra is None:
        return None
    start, end = extra.start, extra.end
    line = broken.source.line_start(start)
    stop = broken.text.find("\n", end)
    if (
        stop >= 0
        and not broken.text[line:start].strip()
        and not broken.text[end:stop].strip(" \t;")
    ):
        start, end = line, stop + 1
    return edited(broken.text, Edit(start, end, ""))


@answers(_ANY_SYNTAX)
def begin_process_body(broken: Broken) -> str | None:
    """Several statements, and an `end`, behind an `always` without `begin`."""
    extra = _unopened(broken.source.tokens)
    if extra is None or extra.text != "end":
        return None
    tokens = [t for t in broken.source.tokens if t.start < extra.start]
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].text in ("always", "always_ff", "always_comb", "initial", "always_latch"):
            body = behind_control(tokens, at + 1)
            if body is None or tokens[body].text == "begin":
                return None
            place = tokens[body - 1].end
            return edited(broken.text, Edit(place, place, " begin"))
    return None


@answers(
    r"slang:ExpectedStatement",
    r"slang:ExpectedMember",
    r"slang:ExpectedDeclarator",
    r"slang:ExpectedToken",
)
def wrap_statements(broken: Broken) -> str | None:
    """`if (c) a; b; else` and `always … a; b;`: what belongs together stands in begin and end."""
    source, text = broken.source, broken.text
    tokens = list(source.tokens)
    at = next((i for i, t in enumerate(tokens) if t.start >= broken.offset), None)
    if at is None:
        return None
    if tokens[at].text == "else":
        return _wrap_before_else(broken, tokens, at)
    heads = [
        i for i in range(at) if tokens[i].text.startswith("always") or tokens[i].text == "initial"
    ]
    if not heads:
        return None
    body = behind_control(tokens, heads[-1] + 1)
    if body is None or body >= at or tokens[body].text == "begin":
        return None
    margin = source.indent(tokens[heads[-1]].start)
    new_line = "\n" in text[tokens[heads[-1]].start : tokens[at].start]
    if new_line and len(source.indent(tokens[at].start)) <= len(margin):
        return None  # it stands beside the process, not in it
    stop = next((i for i in range(at, len(tokens)) if ITEM.fullmatch(tokens[i].text)), None)
    if stop is None:
        return None
    return edited(
        text,
        Edit(tokens[body - 1].end, tokens[body - 1].end, " begin"),
        Edit(tokens[stop - 1].end, tokens[stop - 1].end, f"\n{margin}end"),
    )


def _wrap_before_else(broken: Broken, tokens: list[Token], at: int) -> str | None:
    """From the condition of the `if` that this `else` should have, to the `else`."""
    depth = 0
    for i in range(at - 1, -1, -1):
        word = tokens[i].text
        depth += (word in ("end", "endcase")) - (word in ("begin", "case", "casex", "casez"))
        if depth < 0:
            return None
        if word == "if" and not depth:
            body = behind_control(tokens, i)
            if body is None:
                return None
            if tokens[body].text == ";":  # `if (c); a; else`
                return edited(broken.text, Edit(tokens[body].start, tokens[body].end, ""))
            if tokens[body].text == "begin":
                return None
            places = tokens[body - 1].end, tokens[at - 1].end
            return edited(
                broken.text,
                Edit(places[0], places[0], " begin"),
                Edit(places[1], places[1], " end"),
            )
    return None


@answers(r"slang:Expected\w+", r"slang:Unexpected\w+")
def close_case_by_endcase(broken: Broken) -> str | None:
    """A `case` that `end` closes, or a block that `endcase` closes."""
    stack: list[str] = []
    edits = []
    for token in broken.source.tokens:
        if token.text in ("begin", *CASES):
            stack.append(token.text)
        elif token.text in ("end", "endcase") and stack:
            wanted = "end" if stack.pop() == "begin" else "endcase"
            if token.text != wanted:
                edits.append(Edit(token.start, token.end, wanted))
    return None if stack or not edits else edited(broken.text, *edits)


@answers(r"slang:ExpectedToken expected ';'")
def module_body_without_begin(broken: Broken) -> str | None:
    """`module t (…) begin … end`."""
    found = re.search(r"\)\s*(begin)\b", broken.text)
    tokens = broken.source.tokens
    if not found or open_at(tokens, found.start(1)) != ["module"]:
        return None
    depth, edits = 0, [Edit(found.start() + 1, found.end(), ";")]
    behind = [t for t in tokens if t.start >= found.start(1)]
    for at, token in enumerate(behind):
        depth += (token.text == "begin") - (token.text == "end")
        if token.text == "endmodule":
            break
        if depth == 0:
            closed = behind[at + 1 : at + 2] and behind[at + 1].text == "endmodule"
            edits.append(Edit(token.start, token.end, "" if closed else "endmodule"))
            break
    return edited(broken.text, *edits)


def _unclosed(tokens: tuple[Token, ...]) -> list[Token]:
    """Openers that nothing closes, outermost first."""
    stack: list[Token] = []
    for token in tokens:
        if token.text in _CLOSED_BY:
            stack.append(token)
        elif token.text in _CLOSERS:
            opener = _CLOSERS[token.text]
            if token.text == "endcase":
                fits = [i for i, t in enumerate(stack) if t.text in ("case", "casex", "casez")]
            else:
                fits = [i for i, t in enumerate(stack) if t.text == opener]
            if fits and (fits[-1] == len(stack) - 1 or token.text == "endmodule"):
                del stack[fits[-1]]
    return stack


def _unopened(tokens: tuple[Token, ...]) -> Token | None:
    """The first `end` or `endcase` that closes nothing within its module."""
    depth = {"end": 0, "endcase": 0}
    for token in tokens:
        if token.text in ("module", "endmodule"):
            depth = dict.fromkeys(depth, 0)
        elif token.text == "begin":
            depth["end"] += 1
        elif token.text in ("case", "casex", "casez"):
            depth["endcase"] += 1
        elif token.text in depth:
            depth[token.text] -= 1
            if depth[token.text] < 0:
                return token
    return None


def open_at(tokens: tuple[Token, ...], offset: int) -> list[str]:
    return [t.text for t in _unclosed(tuple(t for t in tokens if t.start < offset))]


def behind_control(tokens: list[Token], at: int) -> int | None:
    """Where the statement starts behind `@(…)`, `@*` or `if (…)` at this token."""
    if at < len(tokens) and tokens[at].text in ("@", "if"):
        at += 1
        if at < len(tokens) and tokens[at].text == "(":
            depth = 0
            for i in range(at, len(tokens)):
                depth += (tokens[i].text == "(") - (tokens[i].text == ")")
                if depth == 0:
                    return i + 1 if i + 1 < len(tokens) else None
            return None
        return at + 1 if at + 1 < len(tokens) else None
    return at if at < len(tokens) else None


RULES = (
    module_body_without_begin,
    close_case_by_endcase,
    begin_process_body,
    wrap_statements,
    drop_unopened_end,
    end_module_before_the_next,
    close_block_in_its_place,
)
