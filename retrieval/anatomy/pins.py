"""What the ports of an instance are tied to."""

import re
from collections.abc import Iterator

from hdlsmith.retrieval.anatomy.units import Unit


def connected(unit: Unit, position: int, below: Unit) -> Iterator[tuple[str, str, bool]]:
    """Port, net and whether `~` stands between, of each port that one net alone is tied to."""
    nodes = unit.reading.graph.nodes
    node = nodes[position]
    edges = unit.instances[position][1]
    ports = list(below.ports)
    spelled = {port.lower(): port for port in ports}
    text = unit.reading.text(node)
    by_port: dict[str, list[str]] = {}
    for edge in edges:
        name = edge.name
        if name == ".*":
            named = set(re.findall(r"\.\s*(\w+)\s*[(,)]", text))
            for port in ports:
                if port in unit.values and port not in named:
                    by_port[port] = [port]
            continue
        if name[:1] == "#" and name[1:].isdigit():
            name = ports[int(name[1:])] if int(name[1:]) < len(ports) else ""
        name = name if name in below.ports else spelled.get(name.lower(), name)
        by_port.setdefault(name, []).append(nodes[edge.target].name)
    for port, nets in by_port.items():
        if len(nets) == 1 and port in below.ports:
            net = re.escape(nets[0])
            by_name = re.search(rf"\b{re.escape(port)}\s*(?:\(|=>)", text, re.IGNORECASE)
            front = rf"\b{re.escape(port)}\s*(?:\(|=>)\s*" if by_name else ""
            denied = rf"{front}(?:[~!]|\bnot\b)\s*\(?\s*{net}\b"
            yield port, nets[0], re.search(denied, text, re.IGNORECASE) is not None


def unit_output(unit: Unit, port: str) -> bool:
    """Whether a port leads out."""
    return unit.ports[port].detail.lower().startswith(("out", "inout", "buffer"))
