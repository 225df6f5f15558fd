"""How facts are put into the cells and sentences of a page."""

from collections.abc import Iterable, Sequence

from hdlsmith.agent.explaining.page import Table, code
from hdlsmith.design import SourceSpan

_EDGES = {"posedge": "rising", "negedge": "falling"}
_MOST_NAMES = 12
_MOST_WORDS = 30


def names(items: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Names as code, with commas between; of many the first."""
    told = list(dict.fromkeys(items))
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(map(code, told[:most])) + more


def place(span: SourceSpan, last_line: int = 0) -> str:
    """`path:line`, or `path:first-last`."""
    last = f"-{last_line}" if last_line > span.line else ""
    return code(f"{span.path}:{span.line}{last}")


def edge_words(edge: str) -> str:
    """`rising` or `falling`."""
    return _EDGES.get(edge, edge)


def whole_clauses(words: str) -> str:
    """The first clauses of a description by rule: its end may be cut off in the middle."""
    clauses = [" ".join(clause.split()) for clause in words.split(". ") if clause.strip()]
    shown = clauses[:1]
    for clause in clauses[1:]:
        if len(" ".join((*shown, clause)).split()) > _MOST_WORDS:
            break
        shown.append(clause)
    return "; ".join(shown) + (" …" if len(shown) < len(clauses) else "")


def joined(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Table]:
    """A table without the columns that are empty in every row; none of no rows."""
    whole = list(rows)
    kept = [at for at in range(len(header)) if any(row[at] for row in whole)]
    if not whole:
        return []
    return [
        Table(
            tuple(header[at] for at in kept),
            tuple(tuple(row[at] for at in kept) for row in whole),
        )
    ]
