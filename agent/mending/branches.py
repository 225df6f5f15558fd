"""Branches of an `if` that lack their `begin` or `end`, or have one too many, before an `else`."""

from hdlsmith.agent.mending.blocks import behind_control
from hdlsmith.agent.mending.rule import Broken, answers
from hdlsmith.agent.mending.source import Edit, Token, edited

_MESSAGES = (r"slang:Expected(?:Member|Statement|Token|CaseItem)", r"slang:UnexpectedEndDelim")


@answers(*_MESSAGES)
def end_branch_before_else(broken: Broken) -> str | None:
    """`if (c) begin a; b; else …`: the `end` is missing."""
    heads: list[bool] = []  # of each open block, whether an `if` or `else` opened it
    tokens = broken.source.tokens
    ended = -1
    for at, token in enumerate(tokens):
        if token.text == "begin":
            heads.append(at > 0 and (tokens[at - 1].text == "else" or _is_condition(tokens, at)))
        elif token.text == "end" and heads:
            heads.pop()
            ended = at
        elif token.text == "else" and heads and heads[-1] and tokens[at - 1].text == ";":
            first = _head_of_statement(tokens, at, ended)
            if first not in ("if", "else"):
                return edited(broken.text, Edit(token.start, token.start, "end "))
    return None


@answers(*_MESSAGES)
def begin_branch(broken: Broken) -> str | None:
    """`if (c) a; end else …`, and several indented statements behind an `if`: without `begin`."""
    source, tokens = broken.source, list(broken.source.tokens)
    for at, token in enumerate(tokens):
        if token.text == "if":
            body = behind_control(tokens, at)
        elif token.text == "else" and tokens[at + 1 : at + 2] and tokens[at + 1].text != "if":
            body = at + 1
        else:
            continue
        if body is None or tokens[body].text in ("begin", "if", "case", "casez", "casex", "for"):
            continue
        stop = next((i for i in range(body, len(tokens)) if tokens[i].text == ";"), None)
        if stop is None or stop + 2 >= len(tokens):
            return None
        after, then = tokens[stop + 1], tokens[stop + 2]
        margin = len(source.indent(token.start))
        inside = len(source.indent(after.start)) > margin and after.text not in ("else", "end")
        closed = after.text == "end" and len(source.indent(after.start)) == margin
        if (after.text == "end" and then.text == "else") or inside or closed:
            end = tokens[body - 1].end
            return edited(broken.text, Edit(end, end, " begin"))
    return None


@answers(*_MESSAGES)
def drop_end_before_else(broken: Broken) -> str | None:
    """`end end else`: one `end` too many closes what the `else` belongs to."""
    tokens = broken.source.tokens
    for first, second, third in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (first.text, second.text, third.text) == ("end", "end", "else"):
            return edited(broken.text, Edit(first.end, second.end, ""))
    return None


def _is_condition(tokens: tuple[Token, ...], at: int) -> bool:
    """What ends before this token is the condition of an `if`."""
    depth = 0
    for i in range(at - 1, -1, -1):
        depth += (tokens[i].text == ")") - (tokens[i].text == "(")
        if depth == 0:
            return tokens[i].text == "(" and i > 0 and tokens[i - 1].text == "if"
    return False


def _head_of_statement(tokens: tuple[Token, ...], at: int, ended: int) -> str:
    """The word that starts the statement which ends before an `else`."""
    for i in range(at - 2, ended, -1):
        if tokens[i].text in (";", "begin", "end"):
            return tokens[i + 1].text
    return tokens[ended + 1].text


RULES = (end_branch_before_else, drop_end_before_else, begin_branch)
