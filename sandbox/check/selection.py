"""Which units of a plan one call is about."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hdlsmith.errors import InputError
from hdlsmith.sandbox.check.changes import changed_since
from hdlsmith.sandbox.check.plan import Plan
from hdlsmith.sandbox.check.report import place
from hdlsmith.settings import CONFIG_NAME


def only_below(plan: Plan, paths: Iterable[Path], root: Path) -> Plan:
    """The units about files at or below the given places.

    Raises:
        InputError: a place outside the repository, or one with nothing to check.
    """
    units, unusable = [], []
    for path in paths:
        if not path.is_relative_to(root):
            raise InputError(f"{path} is not in the repository {root}")
        inside = path.relative_to(root)
        here = [unit for unit in plan.units if Path(unit.path).is_relative_to(inside)]
        bad = [d for d in plan.unusable if Path(place(d).path).is_relative_to(inside)]
        if not here and not bad:
            raise InputError(
                f"nothing to check in {path}",
                remedy="it needs Verilog, SystemVerilog or VHDL sources, or a [[check.test]]",
            )
        units += here
        unusable += bad
    chosen = {(unit.kind, unit.name) for unit in units}
    return replace(
        plan,
        units=tuple(unit for unit in plan.units if (unit.kind, unit.name) in chosen),
        unusable=tuple(dict.fromkeys(unusable)),
    )


def only_changed(plan: Plan, ref: str, root: Path) -> Plan:
    """The units that read a file which differs from a git commit.

    Where a file is gone, nobody knows who had read it; where the settings changed, what is checked
    may have: then it is every unit.

    Raises:
        InputError, MissingToolError: as `changed_since`.
    """
    changed, any_gone = changed_since(ref, root)
    if any_gone or CONFIG_NAME in changed:
        return plan
    return replace(
        plan,
        units=tuple(unit for unit in plan.units if unit.reads & changed),
        unusable=tuple(d for d in plan.unusable if place(d).path in changed),
    )
