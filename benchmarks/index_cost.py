"""What the index costs: building it beside bare parsing of the same files, updating, searching."""

import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.measuring import must_work, timed_s
from hdlsmith.benchmarks.process_tree import PeakMemory
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.retrieval.nodes import BLOCKS, Kind
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.searching.searcher import Searcher
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.status import status_of

_BARE = Path(__file__).with_name("bare_parse.py")
_QUERIES = 100
_COLD_STARTS = 5
_UPDATES = 5


def measure(tree: Path, rounds: int, kgraph: Path | None) -> dict[str, Any]:
    """Seconds of builds, updates and searches on a copy of a tree, and the ratios of builds.

    A round runs each side once, in turn: `pyslang` parsing the Verilog and SystemVerilog files that
    the index read, as `SyntaxTree.fromFile` without includes, in as many processes as the index
    uses; `hdlsmith index build --no-vectors`; and, if given, `hdl-kgraph build`.

    Args:
        kgraph: the program `hdl-kgraph`.

    Raises:
        SandboxError: a command of the measurement failed.
    """
    with tempfile.TemporaryDirectory(prefix="hdlsmith-bench-") as scratch:
        return _Bench(tree, Path(scratch), kgraph).measure(rounds)


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    seconds, errors = result["seconds"], result["files_with_errors"]
    lines = [
        f"{result['files']:,} files, {result['verilog_files']:,} of them (System)Verilog with "
        f"{result['verilog_mb']:.1f} MB; {result['workers']} workers; medians of "
        f"{result['rounds']} rounds, sides in turn",
        f"  bare pyslang parse   {seconds['bare']:7.2f} s   {errors['bare']:,} files with errors",
        f"  structural build     {seconds['structural']:7.2f} s   "
        f"{errors['index']:,} files with errors   {result['structural_to_bare']:.1f}x bare",
    ]
    if "kgraph" in seconds:
        lines.append(
            f"  hdl-kgraph build     {seconds['kgraph']:7.2f} s   "
            f"{errors['kgraph']:,} files with errors   {result['kgraph_to_structural']:.1f}x ours"
        )
    return "\n".join(
        (
            *lines,
            f"  full build           {seconds['full']:7.2f} s   peak {result['peak_mb']:,} MB",
            f"  update, one edit     {seconds['update']:7.2f} s   (the whole command)",
            f"  search, cold         {seconds['search_cold']:7.2f} s   (the whole command)",
            f"  search, warm p95     {1000 * seconds['search_warm_p95']:7.1f} ms",
        )
    )


class _Bench:
    def __init__(self, tree: Path, scratch: Path, kgraph: Path | None) -> None:
        self._tree, self._index, self._kgraph = scratch / "tree", scratch / "index", kgraph
        self._kgraph_db = scratch / "kgraph" / "graph.db"
        self._listed = scratch / "verilog.list"
        self._workers = os.cpu_count() or 1
        self._kgraph_errors = 0
        self._peak_bytes = 0
        shutil.copytree(tree, self._tree, ignore=shutil.ignore_patterns(".hdlsmith"))

    def measure(self, rounds: int) -> dict[str, Any]:
        build = ("index", "build", self._tree, "--index", self._index)
        structural = partial(self._hdlsmith, *build, "--no-vectors")
        structural()
        status = status_of(self._index)
        paths = self._verilog_paths()
        self._listed.write_text("\n".join(map(str, paths)))
        sides: dict[str, Callable[[], object]] = {"bare": self._bare, "structural": structural}
        if self._kgraph:
            sides["kgraph"] = self._build_kgraph
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, side in sides.items():
                times[name].append(timed_s(side))
        seconds = {name: statistics.median(values) for name, values in times.items()}
        errors = {"bare": int(self._bare("--errors")), "index": len(status.errors)}
        if self._kgraph:
            errors["kgraph"] = self._kgraph_errors
        seconds["full"] = timed_s(partial(self._hdlsmith, *build, watch_memory=True))
        seconds["update"] = self._time_updates()
        seconds["search_cold"], seconds["search_warm_p95"] = self._time_searches()
        return {
            "files": sum(status.files.values()),
            "verilog_files": len(paths),
            "verilog_mb": sum(path.stat().st_size for path in paths) / 1e6,
            "workers": self._workers,
            "rounds": rounds,
            "seconds": {name: round(value, 4) for name, value in seconds.items()},
            "structural_to_bare": round(seconds["structural"] / seconds["bare"], 2),
            "kgraph_to_structural": (
                round(seconds["kgraph"] / seconds["structural"], 2) if self._kgraph else None
            ),
            "files_with_errors": errors,
            "peak_mb": self._peak_bytes >> 20,
        }

    def _verilog_paths(self) -> list[Path]:
        with Index(self._index) as index:
            return [
                self._tree / path
                for _, language, paths in index.sources()
                for path in paths
                if language in VERILOG_FAMILY
            ]

    def _bare(self, *more: str) -> str:
        command = [sys.executable, str(_BARE), str(self._listed), str(self._workers), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        must_work(done.returncode == 0)
        return done.stdout

    def _hdlsmith(self, *arguments: object, watch_memory: bool = False) -> None:
        command = [sys.executable, "-m", "hdlsmith", *map(str, arguments)]
        nowhere = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=nowhere, stderr=nowhere) as process:
            if watch_memory:
                with PeakMemory(process.pid) as memory:
                    process.wait()
                self._peak_bytes = memory.peak_bytes
        must_work(process.returncode == 0)

    def _build_kgraph(self) -> None:
        """As its users would: it finds include folders by itself, and uses all cores."""
        shutil.rmtree(self._kgraph_db.parent, ignore_errors=True)
        self._kgraph_db.parent.mkdir()
        jobs = ("-j", str(self._workers), "--no-config")
        command = [str(self._kgraph), "build", str(self._tree), "--db", str(self._kgraph_db), *jobs]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        must_work(done.returncode == 0)
        said = re.search(r"parse errors: .* in (\d+) file", done.stdout + done.stderr)
        self._kgraph_errors = int(said[1]) if said else 0

    def _time_updates(self) -> float:
        """Median over edits of files of middling size, one at a time."""
        by_size = sorted(self._verilog_paths(), key=lambda path: path.stat().st_size)
        modules = [path for path in by_size if b"\nendmodule" in path.read_bytes()]
        times = []
        for number, path in enumerate(modules[len(modules) // 2 :][:_UPDATES]):
            text = path.read_text(errors="surrogateescape")
            edit = f"\n  wire bench_edit{number};\nendmodule"
            path.write_text(text.replace("\nendmodule", edit, 1), errors="surrogateescape")
            update = partial(self._hdlsmith, "index", "update", "--index", self._index)
            times.append(timed_s(update))
        return statistics.median(times)

    def _time_searches(self) -> tuple[float, float]:
        """Median of whole commands, and the 95th percentile of questions to an open index."""
        with Searcher(self._index) as searcher:
            questions = _questions(searcher.index)
            for question in questions[:_COLD_STARTS]:
                searcher.search(Query(question))
            warm = [timed_s(partial(searcher.search, Query(q))) for q in questions]
        cold = [
            timed_s(partial(self._hdlsmith, "search", question, "--index", self._index))
            for question in questions[:_COLD_STARTS]
        ]
        return statistics.median(cold), statistics.quantiles(warm, n=20)[-1]


def _questions(index: Index) -> list[str]:
    """What nodes do, in plain words where there are any, else by name: always the same ones."""
    nodes = index.of_kind(*BLOCKS, Kind.MODULE, Kind.SIGNAL)
    chosen = random.Random(0).sample(nodes, min(_QUERIES, len(nodes)))  # noqa: S311
    said = (index.words(node.id) or f"{node.name} {node.detail}" for node in chosen)
    return [" ".join(words.split()[:15]) for words in said if words.strip()]
