"""Elaborates a top module out of the index: parameters and generates resolved.

pyslang runs in a process of its own, which a design may exhaust or bring down; what it found is
kept in the index folder under the texts it was made from.
"""

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from hdlsmith.design import digest_of, real_path
from hdlsmith.errors import InputError
from hdlsmith.json_file import write_json
from hdlsmith.retrieval.frontends.sv_includes import NOWHERE, ascii_of, inclusion_of
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.closure import closure
from hdlsmith.retrieval.structure.hierarchy import Facts, Hierarchy, Instance
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.slang_child import Request, Text

_VERSION = "2"
"""Raised when the answer to the same texts could change."""

_WALL_S = 180.0
_KEPT = 32
_FOLDER = "elaborated"


class NotElaboratedError(InputError):
    """pyslang can't elaborate this top; what names say is all there is."""


def elaborate(netlist: Netlist, top: int) -> Hierarchy:
    """The elaborated hierarchy below a module; from the index folder if it was made before.

    Modules and packages that the index lacks, and errors, stop nothing: what depends on them is
    missing, and the rest stands.

    Raises:
        NotElaboratedError: the design brings pyslang down or into its limits, or pyslang does not
            take the top for one.
    """
    index = netlist.index
    sources = closure(netlist, top)
    keys = (part for source in sources for part in (index.paths(source)[0], index.key(source)))
    name = netlist.node(top).name
    digest = digest_of(_VERSION, version("pyslang"), name, *keys)
    kept = index.folder / _FOLDER / f"{digest}.json"
    try:
        return _hierarchy(netlist, top, json.loads(kept.read_text("ascii")))
    except (OSError, ValueError, LookupError, TypeError):  # not kept yet, or damaged
        answer = ask(request_of(index, name, sources))
        _keep(kept, answer)
        return _hierarchy(netlist, top, answer)


def request_of(index: Index, top: str, sources: Sequence[int]) -> Request:
    """What the elaborating process is asked: these source texts with what they include."""
    around = surroundings_of(index, sources)
    files = []
    headers: dict[str, str] = {}
    for source in sources:
        path = index.paths(source)[0]
        needs = inclusion_of(path, ascii_of(index.source_text(source)), around)
        files.append(Text(path, needs.text, needs.prelude))
        headers.update(needs.texts)
    compiled = {NOWHERE + file.path for file in files}
    headers = {path: text for path, text in headers.items() if path not in compiled}
    return Request(top, tuple(files), headers)


def surroundings_of(index: Index, sources: Iterable[int]) -> Surroundings:
    """What these texts were read with when the index was made.

    Files outside the root are left out: an index that came with a clone may name any.
    """
    root = real_path(index.root)
    lenders = {path for source in sources for path in index.lenders(index.paths(source)[0])}
    headers: dict[str, set[str]] = defaultdict(set)
    for path in lenders:
        if _is_inside(root, path):
            headers[PurePosixPath(path).name].add(path)
    return Surroundings(
        root,
        tuple(index.meta("include_folders").splitlines()),
        tuple(index.meta("defines").splitlines()),
        {name: tuple(sorted(paths)) for name, paths in headers.items()},
    )


def _is_inside(root: Path, path: str) -> bool:
    try:
        return real_path(root / path).is_relative_to(root)
    except InputError:
        return False


def _keep(kept: Path, answer: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # an index that can't be written answers all the same
        kept.parent.mkdir(exist_ok=True)
        write_json(kept, answer)
        older = sorted(kept.parent.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in older[:-_KEPT]:
            path.unlink(missing_ok=True)


def ask(request: Request) -> dict[str, Any]:
    """What pyslang makes of a design: see `slang_child.elaborate_here`. A design that brings it
    down has no instances and one error.

    Raises:
        NotElaboratedError: it took too long.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "hdlsmith.retrieval.structure.slang_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,  # Ctrl-C is for us alone
    )
    try:
        output, _ = child.communicate(pickle.dumps(request), timeout=_WALL_S)
    except subprocess.TimeoutExpired as error:
        raise NotElaboratedError(f"elaborating {request.top} took over {_WALL_S:.0f} s") from error
    finally:
        child.kill()
        child.wait()
    if child.returncode:
        code = child.returncode
        ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return {"instances": [], "errors": [f"pyslang gave up ({ended})"]}
    answer: dict[str, Any] = json.loads(output)
    return answer


def _hierarchy(netlist: Netlist, top: int, answer: dict[str, Any]) -> Hierarchy:
    if not answer["instances"]:
        reason = answer["errors"][0] if answer["errors"] else "no such top"
        raise NotElaboratedError(f"{netlist.node(top).name} does not elaborate: {reason}")
    facts = [
        Facts(**{key: tuple(map(tuple, record[key])) for key in Facts._fields})
        for record in answer["facts"]
    ]
    found: list[Instance] = []
    for parent, blocks, name, line, module_name, path, module_line, number in answer["instances"]:
        if parent == -1:
            found.append(Instance(name, -1, -1, module_name, top, facts[number]))
            continue
        around = found[parent]
        node = _instance(netlist, around.module, name, line) if around.module != -1 else -1
        if path:
            module = _module(netlist, path, module_name, module_line)
        else:
            module = netlist.definition(node) if node != -1 else -1
        found.append(
            Instance(
                f"{around.path}.{blocks}{name}",
                parent,
                node,
                module_name,
                module,
                facts[number] if path and module != -1 else None,
            )
        )
    errors = tuple(answer["errors"])
    buses = {(at, port): tuple(meant) for at, port, meant in answer["buses"]}
    return Hierarchy(tuple(found), buses, errors, answer["error_count"], answer["truncated"])


def _instance(netlist: Netlist, module: int, name: str, line: int) -> int:
    bare = name.split("[")[0]
    choices = [n for n in netlist.members(module, [Kind.INSTANCE]) if n.name in (name, bare)]
    near = [node.id for node in choices if node.start_line <= line <= node.end_line]
    return (near or [node.id for node in choices] or [-1])[0]


def _module(netlist: Netlist, path: str, name: str, line: int) -> int:
    source = netlist.index.source_at(path)
    if source is None:
        return -1
    choices = [n for n in netlist.index.of_source(source, [Kind.MODULE]) if n.name == name]
    near = [node.id for node in choices if node.start_line <= line <= node.end_line]
    return (near or [node.id for node in choices] or [-1])[0]
