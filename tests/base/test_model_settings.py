"""Models of tiers and roles: what they leave out is as in `[model]`, but for keys and prices."""

from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.roles import Role
from hdlsmith.settings import load_settings

LADDER = """
[model]
base_url = "http://127.0.0.1:1/v1"
name = "small"
temperature = 0.3
api_key = "sk-small"
usd_per_million_output = 1.0

[[model.tiers]]

[[model.tiers]]
name = "big"
attempts = 5

[model.roles.debug]
name = "mechanic"
base_url = "http://127.0.0.1:2/v1"

[model.roles.judge]
temperature = 0.0
"""


def test_what_is_left_out_is_as_in_model() -> None:
    Path("hdlsmith.toml").write_text(LADDER)
    model = load_settings().model
    first, second = (model.completed(tier) for tier in model.tiers)
    assert (first.name, first.temperature, first.usd_per_million_output) == ("small", 0.3, 1.0)
    assert (second.name, second.temperature, second.base_url) == ("big", 0.3, model.base_url)
    assert [tier.attempts for tier in model.tiers] == [2, 5]
    judge = model.completed(model.roles[Role.JUDGE])
    assert (judge.name, judge.temperature) == ("small", 0.0)


def test_another_model_has_its_own_prices() -> None:
    Path("hdlsmith.toml").write_text(LADDER)
    model = load_settings().model
    assert model.completed(model.tiers[1]).usd_per_million_output == 0.0


def test_a_key_is_never_sent_to_another_endpoint() -> None:
    Path("hdlsmith.toml").write_text(LADDER)
    model = load_settings().model
    assert model.completed(model.tiers[1]).api_key == model.api_key
    assert model.completed(model.roles[Role.DEBUG]).api_key is None


def test_variables_set_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_MODEL__ROLES__DEBUG__NAME", "mechanic")
    monkeypatch.setenv("HDLSMITH_MODEL__ROLES__DEBUG__API_KEY", "sk-very-secret")
    monkeypatch.setenv("HDLSMITH_MODEL__TIERS", '[{"name": "small"}, {"name": "big"}]')
    model = load_settings().model
    assert model.roles[Role.DEBUG].name == "mechanic"
    assert [tier.name for tier in model.tiers] == ["small", "big"]
    assert "very-secret" not in repr(model) + model.model_dump_json()


def test_a_variable_overrides_one_key_of_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("hdlsmith.toml").write_text(LADDER)
    monkeypatch.setenv("HDLSMITH_MODEL__ROLES__DEBUG__NAME", "other")
    debug = load_settings().model.roles[Role.DEBUG]
    assert (debug.name, debug.base_url) == ("other", "http://127.0.0.1:2/v1")


def test_a_model_named_by_a_flag_has_no_ladder() -> None:
    Path("hdlsmith.toml").write_text(LADDER)
    model = load_settings({"model": {"name": "local"}}).model
    assert model.tiers == ()
    assert model.name == "local"
    assert Role.DEBUG in model.roles


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ('[model.roles.debgu]\nname = "x"\n', "model.roles.debgu", "hdlsmith.toml"),
        ('[model.roles.debug]\nnmae = "x"\n', "model.roles.debug.nmae", "model.roles.debug.name"),
        ('[[model.tiers]]\nnmae = "x"\n', "model.tiers.0.nmae", "model.tiers.name"),
        ("[[model.tiers]]\nattempts = 0\n", "model.tiers.0.attempts", "hdlsmith.toml"),
    ],
)
def test_misspelt_keys_are_refused(text: str, said: str, remedy: str) -> None:
    Path("hdlsmith.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_settings()
    assert said in caught.value.message
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("variable", ["ROLES__DEBGU__NAME", "ROLES__DEBUG__NAM", "ROLES__DEBUG"])
def test_misspelt_variables_are_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"HDLSMITH_MODEL__{variable}", "x")
    with pytest.raises(InputError, match="is no setting") as caught:
        load_settings()
    assert "did you mean 'model.roles.debug" in caught.value.remedy
