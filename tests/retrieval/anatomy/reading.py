"""Clocks and resets of modules, as the tests write them down."""

from collections.abc import Iterable
from pathlib import Path

from hdlsmith.retrieval.anatomy.anatomy import Basis, Clock, Reset
from hdlsmith.retrieval.anatomy.library import library_of_files
from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.units import Unit, Units

_SHOWN = (Basis.CODE, Basis.BELOW)


def nets_of(files: Iterable[Path]) -> tuple[Nets, dict[str, Unit]]:
    """What clocks and resets the modules of these files, and the modules by name."""
    units = Units(library_of_files(list(files)))
    return Nets(units), {unit.name: unit for unit in units.named()}


def clocks_of(nets: Nets, unit: Unit) -> set[str]:
    """`name edge`, of ports and of the nets inside that clock something there."""
    return {f"{c.name} {_way(c)}" for c in nets.clocks(unit) if c.is_port or c.basis in _SHOWN}


def _way(clock: Clock) -> str:
    if clock.basis is Basis.NAME:
        return "named"
    return "/".join(sorted(clock.edges)) or "level"


def resets_of(nets: Nets, unit: Unit) -> set[str]:
    """`name level style`, of ports and of the nets inside that reset something there."""
    return {
        f"{r.name} {r.level} {_how(r)}" for r in nets.resets(unit) if r.is_port or r.basis in _SHOWN
    }


def _how(reset: Reset) -> str:
    return "named" if reset.basis is Basis.NAME else reset.style.value
