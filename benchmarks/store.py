"""A benchmark run on disk: what was asked, what was answered, how it was graded.

    run.json       what is being measured; a folder holds one run and no other
    answers.jsonl  each design a model wrote, the moment it is written
    results.jsonl  each verdict, the moment it falls
    goldens.json   what the references do under their own testbenches

A process killed at any instant loses the line it was writing; the next call goes on from there.
"""

import json
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.grade import Golden, Grade
from hdlsmith.benchmarks.problems import Answer
from hdlsmith.errors import InputError
from hdlsmith.jsonl import JsonlWriter, read_jsonl

Key = tuple[str, int]
"""(problem, sample)"""


class RunStore:
    """One run's folder, open for writing.

    Args:
        folder: made where it doesn't exist.
        manifest: everything that makes two runs comparable.

    Raises:
        InputError: the folder holds a run of something else.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        _claim(folder / "run.json", manifest)
        self._answers = JsonlWriter(folder / "answers.jsonl")
        self._results = JsonlWriter(folder / "results.jsonl")
        self._session = uuid.uuid4().hex[:8]
        self._started = time.monotonic()
        self.answers = {
            (r["problem"], r["sample"]): r for _, r in read_jsonl(folder / "answers.jsonl")
        }
        self.graded = {key for key, r in read_results(folder).items() if "code" in r}

    def add_answer(self, answer: Answer, about: dict[str, Any]) -> None:
        """Keep a model's answer, with what it cost."""
        record = {**asdict(answer), **about}
        self._answers.append(record)
        self.answers[answer.problem, answer.sample] = record

    def add_grade(self, problem: str, sample: int, grade: Grade) -> None:
        self._append(problem, sample, asdict(grade))
        self.graded.add((problem, sample))

    def add_unscored(self, problem: str, sample: int, reason: str) -> None:
        """Note a sample that could not be had; it counts nowhere, and the next call retries it."""
        self._append(problem, sample, {"unscored": reason})

    def write_goldens(self, goldens: Iterable[Golden]) -> None:
        text = json.dumps([asdict(golden) for golden in goldens], indent=1)
        (self.folder / "goldens.json").write_text(text + "\n")

    def close(self) -> None:
        self._answers.close()
        self._results.close()

    def _append(self, problem: str, sample: int, what: dict[str, Any]) -> None:
        elapsed = round(time.monotonic() - self._started, 3)
        key = {"problem": problem, "sample": sample}
        self._results.append({**key, **what, "session": self._session, "elapsed_s": elapsed})


def read_results(folder: Path) -> dict[Key, dict[str, Any]]:
    """The last word on each sample; a verdict is never overruled by a later failed request."""
    results: dict[Key, dict[str, Any]] = {}
    for _, record in read_jsonl(folder / "results.jsonl"):
        key = (record["problem"], record["sample"])
        if "code" in record or key not in results:
            results[key] = record
    return results


def wall_seconds(folder: Path) -> float:
    """Seconds from start to last verdict, summed over all calls that worked on the run."""
    last: dict[str, float] = {}
    for _, record in read_jsonl(folder / "results.jsonl"):
        last[record["session"]] = record["elapsed_s"]
    return round(sum(last.values()), 2)


def read_manifest(folder: Path) -> dict[str, Any]:
    """
    Raises:
        InputError: no run there.
    """
    path = folder / "run.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} holds no benchmark run ({error})") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path} is broken")
    return manifest


def read_goldens(folder: Path) -> list[Golden]:
    """
    Raises:
        InputError: the run ended before its goldens were checked.
    """
    try:
        return [Golden(**record) for record in json.loads((folder / "goldens.json").read_text())]
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{folder} has no golden check yet", remedy="run it again") from error


def _claim(path: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    if path.exists():
        known = read_manifest(path.parent)
        differing = sorted(
            key for key in known.keys() | manifest.keys() if known.get(key) != manifest.get(key)
        )
        if differing:
            raise InputError(
                f"{path.parent} holds another run (it differs in: {', '.join(differing)})",
                remedy="choose another --out",
            )
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
