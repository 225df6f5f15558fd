"""Small faults put into a design, one at a time, by rule."""

import random
import re
from collections.abc import Iterator

# Each token with what a slip of the hand makes of it. Longer tokens stand first.
_SLIPS: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"(?<![&|=!<>])(&&|\|\|)(?![&|])"), {"&&": "||", "||": "&&"}),
    (re.compile(r"(?<![=!<>])(==|!=)(?!=)"), {"==": "!=", "!=": "=="}),
    (re.compile(r"(?<![&|^~])([&|^])(?![&|^=])"), {"&": "|", "|": "&", "^": "&"}),
    (re.compile(r"(?<![+\-(\[:])\s([+-])\s(?![+\-])"), {"+": "-", "-": "+"}),
    (re.compile(r"([~!])(?=[\w(])"), {"~": "", "!": ""}),
    (re.compile(r"(?<=')(?:b[01]*([01])|d\d*(\d))\b"), {}),
    (re.compile(r"(?<=[=(:,{?])\s*(\d)\b(?!')"), {}),
    (re.compile(r"(?<![<=])(<|>)(?![<>=])"), {"<": ">", ">": "<"}),
    (re.compile(r"(?<![=!<>])(<?=)\s(?=[\w({~])"), {"=": "= 1 +", "<=": "<= 1 +"}),
)
_HEADER = re.compile(r"\)\s*;")


def mutants(text: str, seed: str) -> Iterator[str]:
    """The text with one slip behind the first port list, each possible one once, in an order
    that the seed decides.
    """
    body = match.end() if (match := _HEADER.search(text)) else 0
    slips = [
        (*found.span(group), changes.get(found[group], _next_digit(found[group])))
        for pattern, changes in _SLIPS
        for found in pattern.finditer(text, body)
        if (group := found.lastindex)
    ]
    random.Random(seed).shuffle(slips)  # noqa: S311
    for start, end, instead in slips:
        yield text[:start] + instead + text[end:]


def _next_digit(digit: str) -> str:
    return {"0": "1", "1": "0"}.get(digit, str((int(digit) + 1) % 10) if digit.isdigit() else "")
