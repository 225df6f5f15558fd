"""Ports, signals, parameters, instances and types in plain words."""

import re

from hdlsmith.retrieval.abbreviations import words_of, words_of_text
from hdlsmith.retrieval.meaning.blocks import BlockWords
from hdlsmith.retrieval.meaning.phrases import clip
from hdlsmith.retrieval.meaning.relations import Relations
from hdlsmith.retrieval.nodes import FileGraph, Kind, Node

_RANGE = re.compile(r"[\[(]\s*(\d{1,6})\s*(?::|downto|to)\s*(\d{1,6})\s*[\])]")
_DIRECTIONS = {"in": "input", "out": "output"} | {d: d for d in ("input", "output", "inout")}
_TYPE = re.compile(r"\b(?!input|output|inout|logic|wire|reg|signed|unsigned)[a-z]\w*_t\b")


def named_value_words(
    position: int, graph: FileGraph, relations: Relations, blocks: dict[int, BlockWords]
) -> str:
    """What a named value is, how it gets its value and what it is used for."""
    node = graph.nodes[position]
    parts = [_role(position, node, relations)]
    for block, condition in relations.drivers[position][:3]:
        by_rule = _told_of(node.name, blocks.get(block))
        if by_rule:
            parts.append(clip(by_rule, 30))
        elif condition:
            parts.append(clip(f"assigned when {words_of_text(condition)}", 20))
    if feeds := list(relations.feeds[position])[:6]:
        parts.append("used for " + ", ".join(words_of(graph.nodes[n].name) for n in feeds))
    for instance, port in relations.wired[position][:4]:
        parts.append(f"{words_of(port)} of {words_of(_module_of(graph.nodes[instance]))}")
    return ". ".join(dict.fromkeys(filter(None, parts)))


def _told_of(name: str, block: BlockWords | None) -> str:
    """What a block does to a value, or to the first of its fields that it assigns."""
    targets = block.targets.items() if block else ()
    fields = f"{name}."
    return next((does for to, does in targets if to == name or to.startswith(fields)), "")


def _role(position: int, node: Node, relations: Relations) -> str:
    words: list[str] = []
    if node.kind is Kind.PORT:
        words += [_DIRECTIONS[word] for word in node.detail.split()[:2] if word in _DIRECTIONS]
    if position in relations.clocks:
        words.append("clock")
    if position in relations.resets:
        words.append("reset")
    if match := _TYPE.search(node.detail):
        words.append(words_of(match[0]))
    if match := _RANGE.search(node.detail):
        words.append(f"{abs(int(match[1]) - int(match[2])) + 1} bits wide")
    return " ".join(words)


def _module_of(instance: Node) -> str:
    return instance.detail.split()[0] if instance.detail else instance.name


def instance_words(position: int, graph: FileGraph, relations: Relations) -> str:
    """What is instantiated and what it is wired to."""
    node = graph.nodes[position]
    nets = (words_of(graph.nodes[n].name) for _, n in relations.wires[position] if n >= 0)
    ports = (words_of(port) for port, _ in relations.wires[position])
    wiring = ", ".join(list(dict.fromkeys([*ports, *nets]))[:24])
    return f"instance {words_of(node.name)} of {words_of(_module_of(node))}. wired to {wiring}"


def type_words(node: Node) -> str:
    """What a type lists or groups."""
    return f"type {words_of(node.name)}: {words_of_text(node.detail)}"
