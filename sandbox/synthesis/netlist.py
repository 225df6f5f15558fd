"""What Yosys' JSON netlist tells: where things are in the source, latches, memories; a drawing."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.sandbox.yosys_log import parse_src

_LATCHES = ("$dlatch", "$adlatch", "$dlatchsr", "$sr")
_PARAMETRISED = re.compile(r"\$paramod(?:\$[0-9a-f]+)?\\([^\\]+)")


@dataclass(frozen=True)
class Memory:
    """A memory as written, before it is mapped to anything.

    Attributes:
        name: hierarchical, below the top; `case` for a ROM that Yosys made of one.
        words: its depth.
        width_bits: of one word.
    """

    name: str
    words: int
    width_bits: int
    span: SourceSpan | None

    @property
    def bits(self) -> int:
        return self.words * self.width_bits


@dataclass(frozen=True)
class Netlist:
    """One module of Yosys' JSON (`write_json`).

    Attributes:
        module: its `cells`, `netnames`, `ports` and `memories`, by name.
    """

    module: dict[str, Any]

    @classmethod
    def parse(cls, text: str, top: str) -> "Netlist":
        """
        Raises:
            ValueError: no JSON, or no such module in it.
        """
        module = json.loads(text).get("modules", {}).get(top)
        if module is None:
            raise ValueError(f"no module {top}")
        return cls(module)

    def place(self, name: str) -> SourceSpan | None:
        """Where the cell or net of that name comes from."""
        for kind in ("cells", "netnames"):
            if found := self.module.get(kind, {}).get(name):
                return parse_src(found["attributes"].get("src", ""))
        return None

    def latches(self) -> tuple[Diagnostic, ...]:
        """A warning a latch, at the process that it was inferred from."""
        return tuple(dict.fromkeys(self._latches()))

    def _latches(self) -> Iterator[Diagnostic]:
        for cell in self.module.get("cells", {}).values():
            if cell["type"] in _LATCHES:
                signal = self._net_of(cell["connections"].get("Q", []))
                span = parse_src(cell["attributes"].get("src", ""))
                message = f"latch inferred for {signal}: not assigned on every path"
                yield Diagnostic(Severity.WARNING, "latch", message, span, "yosys")

    def _net_of(self, bits: list[object]) -> str:
        return min(self._nets_on(bits), key=len, default="an unnamed net")

    def joined_with(self, name: str, indices: set[int]) -> tuple[str, ...]:
        """The other nets of the source that are the same wire as these bits of a net, those of
        the top first.

        Args:
            indices: from 0, the least significant bit.
        """
        net = self.module.get("netnames", {}).get(name, {"bits": []})
        bits = [bit for index, bit in enumerate(net["bits"]) if index in indices]
        others = (other for other in self._nets_on(bits) if other != name)
        return tuple(sorted(others, key=lambda other: other.count(".")))

    def _nets_on(self, bits: list[object]) -> Iterator[str]:
        """The names that the source gives to any of these bits; constants are no names' bits."""
        wanted = {bit for bit in bits if isinstance(bit, int)}
        for name, net in self.module.get("netnames", {}).items():
            if not net.get("hide_name") and not wanted.isdisjoint(net["bits"]):
                yield name

    def memories(self) -> tuple[Memory, ...]:
        """Every memory, the largest first."""
        found = (
            Memory(
                "case" if name.startswith("$") else name,
                int(memory["size"]),
                int(memory["width"]),
                parse_src(memory["attributes"].get("src", "")),
            )
            for name, memory in self.module.get("memories", {}).items()
        )
        return tuple(sorted(found, key=lambda memory: (-memory.bits, memory.name)))

    def drawable(self, top: str) -> str:
        """The same module as JSON for netlistsvg, instances labelled by their module's plain name.

        netlistsvg writes names into its SVG as they are. Names of a foreign design could hold
        markup, so they are escaped here.
        """
        cells = {
            name: cell | {"type": _plain_type(cell["type"])}
            for name, cell in self.module["cells"].items()
        }
        return json.dumps(_escaped({"modules": {top: self.module | {"cells": cells}}}))


def _plain_type(cell_type: str) -> str:
    if parametrised := _PARAMETRISED.match(cell_type):
        return parametrised[1]
    # slang's front end names a module by instance: `sub$top.u0`
    return cell_type if cell_type.startswith("$") else cell_type.partition("$")[0]


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {html.escape(key): _escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return html.escape(value) if isinstance(value, str) else value
