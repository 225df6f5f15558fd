"""Files of a cone, a hierarchy or a whole index for other programs: GraphML and DOT.

Names in HDL may be any characters; what is written here is quoted for its format, and control
characters are made visible.
"""

from pathlib import Path

import networkx

from hdlsmith.display import one_line


def write_graphml(graph: "networkx.DiGraph[int]", path: Path) -> None:
    """
    Raises:
        OSError: the file can't be written.
    """
    clean = type(graph)()
    for node, said in graph.nodes(data=True):
        clean.add_node(node, **_clean(said))
    for source, target, said in graph.edges(data=True):
        clean.add_edge(source, target, **_clean(said))
    networkx.write_graphml(clean, path)


def _clean(said: dict[str, object]) -> dict[str, object]:
    return {k: one_line(v) if isinstance(v, str) else v for k, v in said.items()}


def write_dot(graph: "networkx.DiGraph[int]", path: Path) -> None:
    """
    Raises:
        OSError: the file can't be written.
    """
    lines = ["digraph hdlsmith {", '  node [shape=box, fontname="monospace"];']
    for node, said in graph.nodes(data=True):
        lines.append(
            f"  n{node} [label={_quoted(said['text'])}, tooltip={_quoted(said['place'])}];"
        )
    for source, target, said in graph.edges(data=True):
        told = said.get("condition") or said.get("kind")
        label = f" [label={_quoted(told)}]" if told else ""
        lines.append(f"  n{source} -> n{target}{label};")
    path.write_text("\n".join([*lines, "}", ""]), "utf-8")


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
