"""Leave to write and to spend: the loop stops for it, and goes on from where it stopped."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from hdlsmith.agent.checkpoints import make_checkpointer
from hdlsmith.agent.deps import Approve, Deps
from hdlsmith.agent.models import Sampling
from hdlsmith.agent.seats import Models, Seat
from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Answer, Verdict
from hdlsmith.errors import UndecidedError

from .conftest import PLAN, RIGHT, WRONG, MakeBench
from .test_ladder import TASK, Priced

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]


class User:
    """Says what is on the list, then nothing; remembers the questions."""

    def __init__(self, *says: bool) -> None:
        self._says = iter(says)
        self.asked: list[str] = []

    def __call__(self, question: str) -> bool | None:
        self.asked.append(question)
        return next(self._says, None)


class Editor(User):
    """Has another text in a file each time before he answers."""

    def __init__(self, file: Path, texts: list[str], *says: bool) -> None:
        super().__init__(*says)
        self._file = file
        self._texts = iter(texts)

    def __call__(self, question: str) -> bool | None:
        self._file.write_text(next(self._texts, self._file.read_text()))
        return super().__call__(question)


@pytest.fixture
def checkpointer(tmp_path: Path) -> Iterator[SqliteSaver]:
    database = sqlite3.connect(tmp_path / "checkpoints.sqlite", check_same_thread=False)
    with contextlib.closing(database):
        yield make_checkpointer(database)


Run = Callable[..., Answer]


@pytest.fixture
def run(bench: MakeBench, checkpointer: SqliteSaver) -> Run:
    """`run(user, replies, …)`: every answer costs 4 cents, and could cost 5."""

    def made(user: Approve, replies: list[str], out: Path | None = None, **budget: float) -> Answer:
        model = Priced("dear", replies, usd=0.04)
        models = Models((Seat("tier 1", model, Sampling(), answer_usd=0.05),))
        deps: Deps = replace(bench([], **budget).deps, models=models, out=out, approve=user)
        return solve(TASK, deps, checkpointer, "run")

    return made


def test_money_over_the_limit_needs_a_yes_that_allows_as_much_again(run: Run) -> None:
    user = User(True)
    answer = run(user, [PLAN, WRONG, WRONG, RIGHT], approve_usd=0.12)
    assert answer.verdict is Verdict.VERIFIED
    assert user.asked == [
        "$0.0800 spent on 2 calls; next, dear (repair) may answer for up to $0.0500. Go on?"
    ]
    assert round(answer.usage.usd, 4) == 0.16


def test_a_limit_of_nothing_asks_each_time(run: Run) -> None:
    user = User(True, True, True)
    assert run(user, [PLAN, WRONG, RIGHT], approve_usd=0).verdict is Verdict.VERIFIED
    assert [question.partition("dear (")[2][:6] for question in user.asked] == [
        "plan) ", "write)", "repair",
    ]  # fmt: skip


def test_all_answers_of_a_step_count(bench: MakeBench, checkpointer: SqliteSaver) -> None:
    model = Priced("dear", [PLAN, RIGHT], usd=0.0)
    models = Models((Seat("tier 1", model, Sampling(), answer_usd=0.05),))
    user = User()
    deps = replace(bench([], tests=3, approve_usd=0.12).deps, models=models, approve=user)
    with pytest.raises(UndecidedError, match="nobody answers"):
        solve(replace(TASK, testbench=()), deps, checkpointer, "run")
    assert "dear (test) may answer for up to $0.1500" in user.asked[0]


def test_a_no_ends_with_the_best_there_is(run: Run) -> None:
    answer = run(User(False), [PLAN, WRONG], approve_usd=0.12)
    assert answer.verdict is Verdict.REFUTED
    assert answer.stopped_by == "you allow no more than $0.0800"
    assert len(answer.attempts) == 1


def test_a_no_before_the_first_design_leaves_nothing(run: Run) -> None:
    with pytest.raises(UndecidedError, match="nothing is designed yet"):
        run(User(False), [], approve_usd=0)


def test_a_model_that_costs_nothing_needs_no_leave(bench: MakeBench) -> None:
    user = User()
    assert solve(TASK, replace(bench([PLAN, RIGHT]).deps, approve=user)).usage.calls == 2
    assert user.asked == []


def test_nobody_answers_and_later_somebody_does(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UndecidedError, match="nobody answers"):
        run(User(), [PLAN, WRONG], approve_usd=0.12)
    answer = run(User(True, True), [RIGHT], out=tmp_path, approve_usd=0.12)
    assert answer.verdict is Verdict.VERIFIED
    assert [attempt.number for attempt in answer.attempts] == [1, 2]
    assert answer.written == (str(tmp_path / "counter.sv"),)


def test_after_a_no_the_files_are_as_they_were(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "counter.sv"
    file.write_text("// mine\n")
    user = User(False)
    answer = run(user, [PLAN, RIGHT], out=tmp_path)
    assert answer.written == ()
    assert file.read_text() == "// mine\n"
    assert f"--- {file}\n+++ {file}\n" in user.asked[0]
    assert run(User(), [], out=tmp_path) == answer  # it was asked and answered


@pytest.mark.parametrize(
    ("texts", "says", "left"),
    [
        (["// edited\n"], (True, True), "module counter"),
        (["// edited\n"], (True, False), "// edited\n"),
        (["// edited\n", "// edited again\n"], (True, True, False), "// edited again\n"),
        (["// edited\n", "// mine\n"], (True, False), "// mine\n"),  # as in the first question
    ],
)
def test_a_yes_counts_for_what_was_shown(
    run: Run, tmp_path: Path, texts: list[str], says: tuple[bool, ...], left: str
) -> None:
    file = tmp_path / "counter.sv"
    file.write_text("// mine\n")
    user = Editor(file, texts, *says)
    answer = run(user, [PLAN, RIGHT], out=tmp_path)
    assert file.read_text().startswith(left)
    assert bool(answer.written) == says[-1]
    assert len(user.asked) == len(says)
    assert "-// mine" in user.asked[0]
    assert "-// edited" in user.asked[1]


def test_files_that_are_there_already_need_no_leave(run: Run, tmp_path: Path) -> None:
    (tmp_path / "counter.sv").write_text("\n".join(RIGHT.split("\n")[1:-1]) + "\n")
    user = User()
    assert run(user, [PLAN, RIGHT], out=tmp_path).written == (str(tmp_path / "counter.sv"),)
    assert user.asked == []
