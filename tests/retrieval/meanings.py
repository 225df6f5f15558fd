"""Plain words of a piece of HDL, as the tests ask for them."""

from pathlib import Path
from typing import cast

from hdlsmith.languages import Language
from hdlsmith.registry import resolve
from hdlsmith.retrieval.frontends.table import FRONT_ENDS, FrontEnd, Surroundings
from hdlsmith.retrieval.meaning.describe import Meaning, describe
from hdlsmith.retrieval.nodes import FileGraph, Kind

AROUND = Surroundings(Path("/nowhere"))


def described(
    text: str | bytes, language: Language = Language.SYSTEMVERILOG
) -> tuple[FileGraph, Meaning]:
    """The graph of a text and what is said about it."""
    data = text if isinstance(text, bytes) else text.encode()
    front_end = cast(FrontEnd, resolve(FRONT_ENDS[language], {}, "front end"))
    graph = front_end("rtl/it", data, AROUND)
    return graph, describe(language, "rtl/it", data, AROUND, graph)


def words_of_kind(
    kind: Kind, text: str | bytes, language: Language = Language.SYSTEMVERILOG
) -> list[str]:
    """What is said about the nodes of a kind, in their order."""
    graph, meaning = described(text, language)
    at = (position for position, node in enumerate(graph.nodes) if node.kind is kind)
    return [meaning.words.get(position, "") for position in at]


def named(name: str, text: str, language: Language = Language.SYSTEMVERILOG) -> str:
    """What is said about the declaration of that name."""
    graph, meaning = described(text, language)
    kinds = (Kind.PORT, Kind.SIGNAL, Kind.PARAMETER, Kind.MODULE, Kind.TYPE)
    position = next(p for p, n in enumerate(graph.nodes) if n.name == name and n.kind in kinds)
    return meaning.words.get(position, "")


def process(body: str, declarations: str = "") -> str:
    """What is said about the only process of a module."""
    ports = "input clk, rst_n, en, d, input [7:0] a, b, limit"
    return words_of_kind(Kind.PROCESS, f"module m({ports});\n{declarations}\n{body}\nendmodule\n")[
        -1
    ]


def assign(value: str) -> str:
    """What is said about `assign y = value;`."""
    ports = "input [7:0] a, b, c, input s, t, valid, ready"
    return words_of_kind(
        Kind.ASSIGN, f"module m({ports}, output [7:0] y);\nassign y = {value};\nendmodule\n"
    )[0]
