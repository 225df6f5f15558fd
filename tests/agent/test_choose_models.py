"""From settings to seats: names, sampling, prices, recordings."""

from dataclasses import replace
from pathlib import Path

import pytest

from hdlsmith.agent.choose_model import choose_models
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Sampling
from hdlsmith.agent.replay_model import RecordingModel, ScriptedModel
from hdlsmith.agent.seats import Models, Seat
from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Verdict
from hdlsmith.errors import ModelMissingError
from hdlsmith.roles import Role
from hdlsmith.settings import load_settings

from .conftest import PLAN, RIGHT, WRONG, MakeBench
from .test_ladder import TASK

ENDPOINT = '[model]\nbase_url = "http://127.0.0.1:9/v1"\nname = "small"\ntemperature = 0.3\n'
LADDER = """
[[model.tiers]]
[[model.tiers]]
name = "big"
attempts = 3
max_tokens = 1000
usd_per_million_output = 10.0
[model.roles.debug]
name = "mechanic"
temperature = 0.7
"""


def test_one_model_answers_everything_where_nothing_is_set_apart() -> None:
    Path("hdlsmith.toml").write_text(ENDPOINT)
    models = choose_models(load_settings(), seed=7)
    assert models.name == "small"
    assert not models.are_several
    assert models.seat(Role.DEBUG).sampling == Sampling(0.3, 2048, seed=7)


def test_every_seat_has_its_model_and_how_it_is_asked() -> None:
    Path("hdlsmith.toml").write_text(ENDPOINT + LADDER)
    models = choose_models(load_settings())
    assert models.name == "small > big; debug: mechanic"
    assert [seat.attempts for seat in models.tiers] == [2, 3]
    assert [seat.answer_usd for seat in models.tiers] == [0.0, 0.01]
    assert models.seat(Role.WRITE, 1).model.name == "big"
    assert models.seat(Role.DEBUG, 1) is models.seat(Role.DEBUG)
    assert models.seat(Role.DEBUG).sampling.temperature == 0.7
    other = ENDPOINT + LADDER.replace("attempts = 3", "attempts = 4")
    Path("hdlsmith.toml").write_text(other)
    assert choose_models(load_settings()).identity != models.identity


def test_a_tier_without_a_model_is_refused() -> None:
    Path("hdlsmith.toml").write_text('[[model.tiers]]\nname = "small"\n')
    with pytest.raises(ModelMissingError, match="no language model is configured"):
        choose_models(load_settings())


@pytest.mark.tool("iverilog")
@pytest.mark.tool("bwrap")
def test_a_ladder_replays_from_a_recording_of_each_tier(bench: MakeBench) -> None:
    scripts = {"weak": [PLAN, WRONG], "strong": [RIGHT]}
    seats = (
        Seat(f"tier {n}", RecordingModel(ScriptedModel(replies, name), Path(name)), Sampling())
        for n, (name, replies) in enumerate(scripts.items(), 1)
    )
    deps: Deps = bench([]).deps
    recorded = solve(TASK, replace(deps, models=Models(tuple(seats))))
    tiers = "".join(f'[[model.tiers]]\nname = "replay:{name}"\nattempts = 1\n' for name in scripts)
    Path("hdlsmith.toml").write_text(tiers)
    replayed = solve(TASK, replace(deps, models=choose_models(load_settings())))
    assert replayed.verdict is Verdict.VERIFIED
    assert replayed.ledger == recorded.ledger
