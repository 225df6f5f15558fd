"""Which names stand in a piece of SystemVerilog expression text, by one regular expression.

Walking the expression's syntax tree finds the same and costs ten times as much; there are half a
million expressions in a tree of 400 kLOC.
"""

import re
from functools import lru_cache

_SKIPPED = r"""
    //[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\])*"     # comments and strings
  | \d[\d_]*\s*'\s*[sS]?[bodhBODH]\s*[\w?]+      # 8'hff
  | '[sS]?[bodhBODH]\s*[\w?]+ | '[01xXzZ]\b      # 'hff, '0
  | \d[\w.]*                                     # 12, 1.5e3, 10ns
  | [`$][A-Za-z_]\w*                             # macros, system tasks
  | (?:\.|::)\s*[A-Za-z_]\w*                     # members, named arguments
  | \#\s*[\d.]*[\w.]*                            # delays
  | [A-Za-z_][\w$]*\s*(?:::\s*[A-Za-z_]\w*)+    # what a package holds
  | [{,]\s*[A-Za-z_][\w$]*\s*:(?![:=])           # keys of assignment patterns
"""
_NAME = r"[A-Za-z_][\w$]*|\\\S+"
_NAMES = re.compile(rf"{_SKIPPED} | ({_NAME})", re.VERBOSE | re.DOTALL)
_LEFT = re.compile(rf"{_SKIPPED} | ({_NAME}|[\[\]])", re.VERBOSE | re.DOTALL)
_MOST = 200
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@lru_cache(1 << 14)
def names_in(text: str) -> tuple[str, ...]:
    """Every identifier that is used as a value, keywords among them, each once, in order.

    Of a hierarchical name that is the base: of `bus.req` it is `bus`. An escaped name stands
    without its backslash, as in its declaration.
    """
    names = dict.fromkeys(filter(None, _NAMES.findall(text)))
    return tuple(name.removeprefix("\\") for name in names) if "\\" in text else tuple(names)


@lru_cache(1 << 14)
def left_names(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What an assignment's left side drives, with the names that each one's indices use."""
    driven: list[tuple[str, tuple[str, ...]]] = []
    depth = 0
    for part in filter(None, _LEFT.findall(text)):
        if part == "[":
            depth += 1
        elif part == "]":
            depth -= 1
        elif not depth:
            driven.append((part.removeprefix("\\"), ()))
        elif driven:
            name, used = driven[-1]
            driven[-1] = name, (*used, part.removeprefix("\\"))
    return tuple(driven)


def flat(text: str) -> str:
    """Without comments and line ends."""
    if "/" in text:
        text = _COMMENT.sub(" ", text)
    return " ".join(text.split())


def one_line(text: str) -> str:
    """Without comments and line ends, shortened."""
    line = flat(text)
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"
