"""The ladder of models: a weak one that fails, a strong one that succeeds, and their ledger."""

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hdlsmith.agent.checkpoints import make_checkpointer
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Completion, OnToken, Request, Sampling
from hdlsmith.agent.replay_model import ScriptedModel
from hdlsmith.agent.report import answer_record, render_answer
from hdlsmith.agent.seats import Models, Seat
from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Task, Verdict
from hdlsmith.design import read_source
from hdlsmith.errors import ModelError
from hdlsmith.roles import Role

from .conftest import BROKEN, EXAMPLES, PLAN, REQUEST, RIGHT, WRONG, MakeBench

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]

TASK = Task(REQUEST, top="counter", testbench=(read_source(EXAMPLES / "counter_tb.sv"),))


class Priced:
    """A scripted model whose every answer costs so much."""

    def __init__(self, name: str, replies: Sequence[str], usd: float = 0.0) -> None:
        self.script = ScriptedModel(replies, name)
        self.name = name
        self._usd = usd

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        done = self.script.complete(request, on_token)
        return replace(done, usage=replace(done.usage, usd=self._usd, wall_s=0.5))


def ladder(bench: MakeBench, *tiers: Priced, attempts: int = 2, **budget: float) -> Deps:
    seats = (Seat(f"tier {n}", m, Sampling(), attempts) for n, m in enumerate(tiers, 1))
    return replace(bench([], **budget).deps, models=Models(tuple(seats)))


def test_a_stronger_model_starts_afresh_where_the_cheap_one_failed(bench: MakeBench) -> None:
    weak = Priced("weak", [PLAN, BROKEN, WRONG])
    strong = Priced("strong", [RIGHT], usd=0.02)
    deps = ladder(bench, weak, strong)
    answer = solve(TASK, deps)
    assert answer.verdict is Verdict.VERIFIED
    assert [(a.role, a.tier) for a in answer.attempts] == [
        (Role.WRITE, 0), (Role.REPAIR, 0), (Role.WRITE, 1),
    ]  # fmt: skip
    (asked,) = strong.script.requests
    assert asked.sampling.temperature == 0.0  # its first try is no repair of another's
    assert "tools found faults" not in asked.messages[-1].content
    cheap, dear = answer.ledger
    assert (cheap.seat, cheap.model, cheap.usage.calls) == ("tier 1", "weak", 3)
    assert (cheap.attempts, cheap.through_gate, cheap.verified, cheap.chosen) == (2, 1, 0, False)
    assert (dear.seat, dear.usage.calls, dear.usage.usd) == ("tier 2", 1, 0.02)
    assert (dear.attempts, dear.through_gate, dear.verified, dear.chosen) == (1, 1, 1, True)
    assert cheap.usage + dear.usage == answer.usage


def test_a_cheap_model_that_succeeds_is_all_that_is_paid(bench: MakeBench) -> None:
    deps = ladder(bench, Priced("weak", [PLAN, WRONG, RIGHT]), Priced("strong", []))
    answer = solve(TASK, deps)
    assert answer.verdict is Verdict.VERIFIED
    assert [account.seat for account in answer.ledger] == ["tier 1"]


def test_the_strongest_goes_on_until_the_budget_ends(bench: MakeBench) -> None:
    weak, strong = Priced("weak", [PLAN, WRONG]), Priced("strong", [WRONG, BROKEN, WRONG])
    deps = ladder(bench, weak, strong, attempts=1)
    answer = solve(TASK, deps)
    assert answer.stopped_by == "4 of 4 attempts"
    assert [a.tier for a in answer.attempts] == [0, 1, 1, 1]


def test_all_candidates_come_from_the_cheapest(bench: MakeBench) -> None:
    weak, strong = Priced("weak", [PLAN, BROKEN, BROKEN, BROKEN]), Priced("strong", [RIGHT])
    deps = ladder(bench, weak, strong, attempts=1, candidates=3)
    answer = solve(TASK, deps)
    assert [a.tier for a in answer.attempts] == [0, 0, 0, 1]
    assert answer.verdict is Verdict.VERIFIED


def test_a_role_set_apart_has_its_own_model_and_account(bench: MakeBench) -> None:
    weak, own = Priced("weak", [PLAN, WRONG, WRONG]), Priced("mechanic", [WRONG, RIGHT])
    deps = ladder(bench, weak)
    apart = {Role.REPAIR: Seat("repair", own, Sampling(temperature=0.2))}
    answer = solve(TASK, replace(deps, models=replace(deps.models, apart=apart)))
    assert answer.verdict is Verdict.VERIFIED
    assert [a.seat for a in answer.ledger] == ["tier 1", "repair"]
    assert [a.attempts for a in answer.ledger] == [2, 2]
    assert own.script.requests[0].sampling.temperature > 0.2


def test_the_ledger_survives_a_kill(bench: MakeBench, tmp_path: Path) -> None:
    def run(weak: list[str], strong: list[str]) -> object:
        deps = ladder(bench, Priced("weak", weak), Priced("strong", strong), attempts=1)
        database = sqlite3.connect(tmp_path / "checkpoints.sqlite", check_same_thread=False)
        with contextlib.closing(database):
            return solve(TASK, deps, make_checkpointer(database), "run").ledger

    with pytest.raises(ModelError):
        run([PLAN, WRONG], [])
    resumed = run([], [RIGHT])
    deps = ladder(bench, Priced("weak", [PLAN, WRONG]), Priced("strong", [RIGHT]), attempts=1)
    assert resumed == solve(TASK, deps).ledger


def test_the_ledger_is_shown_where_there_is_more_than_one_account(bench: MakeBench) -> None:
    weak, strong = Priced("weak", [PLAN, WRONG]), Priced("strong", [RIGHT], usd=0.02)
    deps = ladder(bench, weak, strong, attempts=1)
    answer = solve(TASK, deps)
    shown = render_answer(answer)
    assert "  tier 1, weak: 1 attempt, 1 through the gate, 0 verified; 2 calls, " in shown
    assert "  tier 2, strong: 1 attempt, 1 through the gate, 1 verified; 1 call, " in shown
    assert ", $0.0200, 0.5 s" in shown
    record = answer_record(answer)
    assert [a["tier"] for a in record["attempts"]] == [1, 2]
    assert record["ledger"][1]["usage"]["usd"] == 0.02
    alone = ladder(bench, Priced("weak", [PLAN, RIGHT]))
    assert "tier 1" not in render_answer(solve(TASK, alone))
