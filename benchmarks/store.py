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
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.grade import Golden, Grade
from hdlsmith.benchmarks.problems import Answer
from hdlsmith.benchmarks.suites.verilog_eval_codes import CODES, PASS_CODE
from hdlsmith.errors import InputError
from hdlsmith.file_lock import try_lock
from hdlsmith.json_file import write_json
from hdlsmith.jsonl import JsonlWriter, read_jsonl

Key = tuple[str, int]
"""(problem, sample)"""

_Fields = dict[str, type | tuple[type, ...]]
_NUMBER = (int, float)
_TEXTS = ("suite", "task", "style", "model", "sampling", "simulator", "cage", "dataset_sha256")

# What a report can't do without; everything else is passed through as it is.
_MANIFEST: _Fields = {**dict.fromkeys(_TEXTS, str), "problems": list, "planned": int}
_KEY: _Fields = {"problem": str, "sample": int}
_ANSWER: _Fields = {**_KEY, "design": str}
_USAGE: _Fields = {"input_tokens": int, "output_tokens": int, "usd": _NUMBER, "wall_s": _NUMBER}
_RESULT: _Fields = {**_KEY, "session": str, "elapsed_s": _NUMBER}
_VERDICT: _Fields = {**_RESULT, "code": str, "outcome": str}
_UNSCORED: _Fields = {**_RESULT, "unscored": str}

_MEND = "put it right, or begin anew in another folder"


class RunStore:
    """One run's folder, open for writing by this process alone.

    Args:
        folder: made where it doesn't exist.
        manifest: everything that makes two runs comparable.

    Raises:
        InputError: the folder holds a run of something else, a damaged file, or a run that
            another process is working on.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            lock = opened.enter_context((folder / "lock").open("w"))
            if not try_lock(lock):
                raise InputError(f"another process is already working on this run ({folder})")
            _claim(folder / "run.json", manifest)
            self._answers = opened.enter_context(JsonlWriter(folder / "answers.jsonl"))
            self._results = opened.enter_context(JsonlWriter(folder / "results.jsonl"))
            self.answers = {(r["problem"], r["sample"]): r for r in read_kept_answers(folder)}
            self.graded = {key for key, r in read_results(folder).items() if "code" in r}
            self._opened = opened.pop_all()
        self._session = uuid.uuid4().hex[:8]
        self._started = time.monotonic()

    def __enter__(self) -> "RunStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        write_json(self.folder / "goldens.json", [asdict(golden) for golden in goldens])

    def close(self) -> None:
        self._opened.close()

    def _append(self, problem: str, sample: int, what: dict[str, Any]) -> None:
        elapsed = round(time.monotonic() - self._started, 3)
        key = {"problem": problem, "sample": sample}
        self._results.append({**key, **what, "session": self._session, "elapsed_s": elapsed})


def read_kept_answers(folder: Path) -> list[dict[str, Any]]:
    """Each answer of a model, with what it cost; none in a replay.

    Raises:
        InputError: a damaged line; names it.
    """
    path = folder / "answers.jsonl"
    answers = []
    for number, record in read_jsonl(path):
        _require(f"{path}:{number}", record, _ANSWER)
        if "usage" in record:
            _require(f"{path}:{number}: usage", record["usage"], _USAGE)
        answers.append(record)
    return answers


def read_results(folder: Path) -> dict[Key, dict[str, Any]]:
    """The last word on each sample; a verdict is never overruled by a later failed request.

    Raises:
        InputError: no results there, or a damaged line; names it.
    """
    results: dict[Key, dict[str, Any]] = {}
    for record in _results(folder):
        key = (record["problem"], record["sample"])
        if "code" in record or key not in results:
            results[key] = record
    return results


def wall_seconds(folder: Path) -> float:
    """Seconds from start to last verdict, summed over all calls that worked on the run.

    Raises:
        InputError: no results there, or a damaged line; names it.
    """
    last: dict[str, float] = {}
    for record in _results(folder):
        last[record["session"]] = record["elapsed_s"]
    return round(sum(last.values()), 2)


def read_manifest(folder: Path) -> dict[str, Any]:
    """
    Raises:
        InputError: no run there, or a damaged one.
    """
    path = folder / "run.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} holds no benchmark run ({error})") from error
    _require(str(path), manifest, _MANIFEST)
    known: dict[str, Any] = manifest
    return known


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
    write_json(path, manifest)


def _results(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / "results.jsonl"
    for number, record in read_jsonl(path):
        where = f"{path}:{number}"
        _require(where, record, _VERDICT if "code" in record else _UNSCORED)
        if record.get("code", PASS_CODE) not in CODES:
            raise InputError(f"{where} is damaged: no code {record['code']!r}", remedy=_MEND)
        yield record


def _require(where: str, record: object, fields: _Fields) -> None:
    """
    Raises:
        InputError: not an object, or a field is missing or of another kind.
    """
    if not isinstance(record, dict):
        raise InputError(f"{where} is damaged: not a JSON object", remedy=_MEND)
    for name, kind in fields.items():
        if not isinstance(record.get(name), kind):
            raise InputError(f"{where} is damaged: {name!r} is missing or wrong", remedy=_MEND)
