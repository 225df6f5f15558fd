"""State machines as text that draws them: Mermaid and Graphviz."""

import re
from collections.abc import Iterator

from hdlsmith.display import one_line
from hdlsmith.retrieval.anatomy.anatomy import Fsm

_MOST_CHARACTERS = 60
"""Of a condition in a drawing."""


def mermaid(fsm: Fsm) -> str:
    """A `stateDiagram-v2`, without fences."""
    names = {state.name: _identifier(state.name) for state in fsm.states}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(name)}" as {key}' for name, key in names.items() if name != key]
    if fsm.reset_state in names:
        lines.append(f"    [*] --> {names[fsm.reset_state]}")
    for source, target, label in _arrows(fsm):
        told = f" : {_plain(label)}" if label else ""
        lines.append(f"    {names[source]} --> {names[target]}{told}")
    return "\n".join(lines)


def dot(fsm: Fsm) -> str:
    """A Graphviz `digraph`."""
    lines = ["digraph fsm {", "  rankdir=LR;", '  node [shape=ellipse, fontname="monospace"];']
    for state in fsm.states:
        label = f"{state.name}\\n{state.encoding}" if state.encoding else state.name
        lines.append(f"  {_quoted(state.name)} [label={_quoted(label)}];")
    if fsm.reset_state:
        lines.append('  "" [shape=point];')
        lines.append(f'  "" -> {_quoted(fsm.reset_state)};')
    for source, target, label in _arrows(fsm):
        told = f" [label={_quoted(label)}]" if label else ""
        lines.append(f"  {_quoted(source)} -> {_quoted(target)}{told};")
    return "\n".join([*lines, "}"])


def _arrows(fsm: Fsm) -> Iterator[tuple[str, str, str]]:
    """One arrow for all steps between two states that are not one; with their conditions."""
    found: dict[tuple[str, str], list[str]] = {}
    for step in fsm.transitions:
        if step.source != step.target:
            found.setdefault((step.source, step.target), []).append(step.condition)
    for (source, target), conditions in found.items():
        label = "" if "" in conditions else " or ".join(dict.fromkeys(conditions))
        if len(label) > _MOST_CHARACTERS:
            label = f"{label[: _MOST_CHARACTERS - 1]}…"
        yield source, target, label


def _identifier(name: str) -> str:
    key = re.sub(r"\W", "_", name)
    return key if key[:1].isalpha() or key[:1] == "_" else f"s{key}"


def _plain(text: str) -> str:
    """Without the characters that end a label in Mermaid."""
    return one_line(text).replace('"', "'").replace(";", ",").replace(":", " ").replace("#", " ")


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"').replace("\\\\n", "\\n")
    return f'"{escaped}"'
