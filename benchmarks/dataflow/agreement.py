"""Our dataflow of Verilog-2005 beside pyverilog's: which signals are driven, and out of what.

pyverilog (Takamaeda-Yamazaki, ARC 2015) finds it in a way of its own: it elaborates a module and
grows a tree for each signal. Both sides start from the same preprocessed text.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hdlsmith.design import MAX_SOURCE_BYTES, SourceFile
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.retrieval.building.pool import Outcome
from hdlsmith.retrieval.building.pool import run as run_in_workers
from hdlsmith.retrieval.building.repository import scan
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import EdgeKind, FileGraph, Kind
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.python_child import run_script
from hdlsmith.sandbox.workspace import Workspace, read_bounded

CONVENTIONS = {
    "constants": "parameters and genvars: pyverilog often has their values instead",
    "loops": "variables that count a `for`: pyverilog unrolls it, we see through them",
    "initial": "what `initial` processes assign: pyverilog passes over them",
    "tasks": "what the bodies of tasks assign: pyverilog has no grammar for their calls",
}
"""What is not compared, because one of the two leaves it out on purpose."""

_CHILD = Path(__file__).with_name("pyverilog_child.py")
_CPU_S = 40
_MOST_ANSWER_BYTES = 64 << 20
_MOST_SHOWN = 40


class Fact(NamedTuple):
    """That `driven` is driven or, with `read`, that it is made of it."""

    module: str
    driven: str
    read: str = ""


class Said(NamedTuple):
    """Where our side found a fact, and what leaves it out of the comparison."""

    line: int
    convention: str = ""


def measure(places: Sequence[Path], cage: Cage) -> dict[str, Any]:
    """Compare the Verilog files (`.v`) in folders, or single ones.

    Returns: `cores`, a record a place (see `_compare`), and `total`, the sum of their counts:
        of `drives` and `reads` how many facts both say and how many either says; `_as_it_is` with
        what `CONVENTIONS` leaves out.

    Raises:
        InputError: a place holds no Verilog.
        MissingToolError: pyverilog isn't installed.
        SandboxError: the sandbox failed.
    """
    cores = [_compare(place, cage) for place in places]
    counted = ("drives", "reads", "drives_as_it_is", "reads_as_it_is")
    total = {
        key: [sum(column) for column in zip(*(c[key] for c in cores), strict=True)]
        for key in counted
    }
    return {"cores": cores, "total": total, "conventions": CONVENTIONS}


def _compare(place: Path, cage: Cage) -> dict[str, Any]:
    """One file or folder.

    Returns: besides the counts `name, files, modules`; `left_out`, by convention how many facts of
        ours and of pyverilog's; `unread`, the files and modules that one side gave up, with the
        reason; `differences`, each with its place and the side that says it.
    """
    paths, around = _verilog(place)
    outcomes = list(run_in_workers(partial(_ours, around), sorted(paths), 1, _CPU_S))
    unread = [[outcome.job, outcome.failure] for outcome in outcomes if outcome.failure]
    read = [outcome for outcome in outcomes if not outcome.failure]
    core: dict[str, Any] = {
        "name": place.resolve().name,
        "files": len(paths),
        "modules": 0,
        "left_out": {name: [0, 0] for name in CONVENTIONS},
        "unread": unread,
        "differences": [],
        **{key: [0, 0] for key in ("drives", "reads", "drives_as_it_is", "reads_as_it_is")},
    }
    answers = _ask([outcome.result[0] for outcome in read], cage)
    for outcome, answer in zip(read, answers, strict=True):
        _add_file(core, outcome, answer)
    return core


def _verilog(place: Path) -> tuple[list[str], Surroundings]:
    """Paths of the Verilog files there, and where their includes are found."""
    place = place.resolve()
    if place.is_dir():
        listing = scan(place)
        paths = [path for path in listing.sources if path.endswith(".v")]
        around = Surroundings(place, headers=listing.named)
    else:
        paths = [place.name] if place.is_file() and place.suffix == ".v" else []
        beside = (path for path in place.parent.glob("*.*") if path.is_file())
        around = Surroundings(place.parent, headers={path.name: (path.name,) for path in beside})
    if not paths:
        raise InputError(f"{place}: no Verilog file (.v) is there")
    return paths, around


def _add_file(core: dict[str, Any], outcome: Outcome[str], answer: dict[str, Any]) -> None:
    if "failure" in answer:
        core["unread"].append([outcome.job, answer["failure"]])
        return
    ours = {Fact(*fact): Said(*said) for fact, said in outcome.result[1]}
    for module, found in answer["modules"].items():
        if "failure" in found:
            core["unread"].append([f"{outcome.job} {module}", found["failure"]])
            continue
        core["modules"] += 1
        theirs = {Fact(module, driven) for driven in found["driven"]}
        theirs |= {Fact(module, *pair) for pair in found["pairs"]}
        named = dict.fromkeys(found["loops"], "loops")
        named |= dict.fromkeys(found["constants"], "constants")
        mine = {fact: said for fact, said in ours.items() if fact.module == module}
        _add_module(core, outcome.job, mine, theirs, named)


def _add_module(
    core: dict[str, Any],
    path: str,
    ours: dict[Fact, Said],
    theirs: set[Fact],
    named: dict[str, str],
) -> None:
    """Count the facts of a module.

    Args:
        named: names that pyverilog knows to be constants or to count loops.
    """
    for fact in sorted(ours.keys() | theirs):
        key = "reads" if fact.read else "drives"
        agreed = fact in ours and fact in theirs
        core[f"{key}_as_it_is"][0] += agreed
        core[f"{key}_as_it_is"][1] += 1
        said = ours.get(fact) or Said(ours.get(Fact(*fact[:2]), Said(0)).line)
        convention = named.get(fact.driven) or named.get(fact.read) or said.convention
        if convention:
            core["left_out"][convention][0] += fact in ours
            core["left_out"][convention][1] += fact in theirs
            continue
        core[key][0] += agreed
        core[key][1] += 1
        if not agreed:
            by = "ours" if fact in ours else "pyverilog"
            place = f"{path}:{said.line}" if said.line else path
            core["differences"].append({"place": place, "by": by, **fact._asdict()})


def _ours(around: Surroundings, path: str) -> tuple[str, list[Any]]:
    """A file's text for pyverilog, and what we find in it as plain tuples."""
    from hdlsmith.retrieval.frontends.pyverilog_text import plain_text
    from hdlsmith.retrieval.frontends.sv_source import opened
    from hdlsmith.retrieval.frontends.systemverilog import read

    with (around.root / path).open("rb") as file:
        text = file.read(MAX_SOURCE_BYTES)
    facts: dict[Fact, Said] = {}
    for fact, said in _facts(read(path, text, around)):
        if fact not in facts or facts[fact].convention:
            facts[fact] = said
    return plain_text(opened(path, text, around)), [(tuple(f), tuple(s)) for f, s in facts.items()]


def _facts(graph: FileGraph) -> Iterator[tuple[Fact, Said]]:
    nodes = graph.nodes
    for edge in graph.edges:
        block = nodes[edge.source]
        if block.parent == -1:
            continue
        module = nodes[block.parent].name
        convention = ""
        if block.kind is Kind.FUNCTION and block.detail.startswith("task"):
            convention = "tasks"
        elif block.kind is Kind.PROCESS and block.detail.startswith("initial"):
            convention = "initial"
        target = nodes[edge.target].name
        if edge.kind is EdgeKind.DRIVES:
            yield Fact(module, target), Said(edge.line, convention)
        elif edge.kind is EdgeKind.READS and edge.driven != -1:
            if nodes[edge.target].kind is Kind.PARAMETER:
                convention = "constants"
            yield Fact(module, nodes[edge.driven].name, target), Said(edge.line, convention)


def _ask(texts: list[str], cage: Cage) -> list[dict[str, Any]]:
    """What pyverilog says of each text; see `pyverilog_child`."""
    count = len(texts) + 1
    limits = replace(
        cage.limits,
        cpu_factor=cage.limits.cpu_factor * count,
        wall_s=cage.limits.wall_s * count,
    )
    caged = replace(cage, limits=limits)
    with Workspace(owner=cage.uid) as workspace:
        workspace.write([SourceFile("texts.json", json.dumps(texts), None)])
        arguments = ["texts.json", "answers.json", str(_CPU_S)]
        run = run_script(caged, "pyverilog", _CHILD, arguments, workspace)
        answers = read_bounded(workspace.path / "answers.json", _MOST_ANSWER_BYTES)
    if not run.ok or not answers:
        raise SandboxError(f"pyverilog gave no answer: {run.output.strip()[-300:]}")
    found: list[dict[str, Any]] = json.loads(answers)
    return found


def render(result: dict[str, Any]) -> str:
    """The comparison for a terminal."""
    lines = [
        "                     modules          drives            reads    as it is: drives, reads"
    ]
    rows = [(core["name"], core["modules"], core) for core in result["cores"]]
    if len(rows) > 1:
        rows.append(("all", sum(row[1] for row in rows), result["total"]))
    for name, modules, counts in rows:
        shares = "  ".join(_share(counts[key]) for key in ("drives", "reads"))
        raw = "  ".join(_share(counts[f"{key}_as_it_is"]) for key in ("drives", "reads"))
        lines.append(f"  {name:24.24}{modules:4}  {shares}    {raw}")
    lines.append("left out (facts of ours, of pyverilog's):")
    for name, meaning in result["conventions"].items():
        ours, theirs = (sum(core["left_out"][name][i] for core in result["cores"]) for i in (0, 1))
        lines.append(f"  {ours:5} {theirs:5}  {meaning}")
    unread = [pair for core in result["cores"] for pair in core["unread"]]
    lines.append(f"not compared, because one side gave up: {len(unread)}")
    lines += [f"  {place}: {reason[:80]}" for place, reason in unread]
    different = [found for core in result["cores"] for found in core["differences"]]
    lines.append(f"differences: {len(different)}")
    lines += [
        f"  {found['place']}: {found['module']}.{found['driven']}"
        f"{' <- ' + found['read'] if found['read'] else ' is driven'}   (only {found['by']})"
        for found in different[:_MOST_SHOWN]
    ]
    if len(different) > _MOST_SHOWN:
        lines.append(f"  … and {len(different) - _MOST_SHOWN} more; --json lists all")
    return "\n".join(lines)


def _share(counts: Sequence[int]) -> str:
    both, either = counts
    share = 100 * both / either if either else 100.0
    return f"{share:6.2f}% {f'{both}/{either}':>10}"
