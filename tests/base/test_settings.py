"""Flags > HDLSMITH_* > hdlsmith.toml > defaults, and no key that means nothing."""

from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.settings import find_config, known_keys, load_settings


def toml(text: str) -> None:
    Path("hdlsmith.toml").write_text(text)


def test_defaults() -> None:
    settings = load_settings()
    assert settings.sandbox.cpu_s == 60
    assert settings.model.api_key is None


def test_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    toml('[model]\nname = "toml"\nretries = 7\ntemperature = 0.1\n')
    assert load_settings().model.name == "toml"
    monkeypatch.setenv("HDLSMITH_MODEL__NAME", "env")
    monkeypatch.setenv("HDLSMITH_MODEL__TEMPERATURE", "0.2")
    assert load_settings().model.name == "env"
    settings = load_settings({"model": {"name": "flag", "base_url": None}})
    assert settings.model.name == "flag"
    assert settings.model.temperature == 0.2
    assert settings.model.retries == 7
    assert settings.model.base_url == ""


def test_a_flag_not_given_hides_nothing() -> None:
    toml("[budget]\nattempts = 9\n")
    assert load_settings({"budget": {"attempts": None}, "model": {}}).budget.attempts == 9


def test_the_nearest_config_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml("[budget]\nattempts = 9\n")
    here = Path("a/b").absolute()
    here.mkdir(parents=True)
    config = find_config()
    monkeypatch.chdir(here)
    assert find_config() == config
    assert load_settings().budget.attempts == 9


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[model]\nbase_ulr = "x"\n', "model.base_ulr", "model.base_url"),
        ("[sandbx]\ncpu_s = 1\n", "sandbx", "sandbox"),
        ("[chek]\ntimeout_s = 1\n", "chek", "check"),
        ('data_dri = "x"\n', "data_dri", "data_dir"),
    ],
)
def test_unknown_toml_key(text: str, key: str, nearest: str) -> None:
    toml(text)
    with pytest.raises(InputError, match=f"unknown setting '{key}'") as caught:
        load_settings()
    assert f"did you mean '{nearest}" in caught.value.remedy


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("HDLSMITH_MODEL__BASE_ULR", "model.base_url"),
        ("HDLSMITH_MODEL_BASE_URL", "model.base_url"),
        ("HDLSMITH_DATADIR", "data_dir"),
        ("HDLSMITH_SANDBOX__CPUS", "sandbox.cpu_s"),
        ("HDLSMITH_DATA_DIR__X", "data_dir"),
        ("HDLSMITH_TOOLS__VPP", "tools.vvp"),
    ],
)
def test_unknown_variable(variable: str, nearest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(InputError) as caught:
        load_settings()
    assert f"did you mean '{nearest}' (HDLSMITH_" in caught.value.remedy


@pytest.mark.parametrize("variable", ["HDLSMITH_ZZZZ", "HDLSMITH_FOO", "HDLSMITH_TOOLS__QUARTUS"])
def test_a_key_like_no_other_lists_them_all(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(InputError, match=f"{variable} is no setting") as caught:
        load_settings()
    assert caught.value.remedy.startswith("the keys are: ")
    assert "sandbox.memory_mb" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sandbox]\ncpu_s = 0\n", "sandbox.cpu_s"),
        ('[sandbox]\ncpu_s = "many"\n', "sandbox.cpu_s"),
        ('[sandbox]\ncage = "none"\n', "sandbox.cage"),
        ('model = "gpt"\n', "model"),
        ("[model\n", "cannot read the settings"),
        ("a = \xff\n", "cannot read the settings"),
    ],
)
def test_wrong_values_and_broken_toml(text: str, words: str) -> None:
    Path("hdlsmith.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        load_settings()
    assert words in caught.value.message
    assert "hdlsmith.toml" in caught.value.remedy


def test_a_section_given_as_a_plain_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_MODEL", "local")
    with pytest.raises(InputError, match="HDLSMITH_MODEL is no setting") as caught:
        load_settings()
    assert caught.value.remedy == "did you mean 'model.name' (HDLSMITH_MODEL__NAME)?"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("CPU_S", "999999999999"),
        ("WALL_FACTOR", "inf"),
        ("MEMORY_MB", "99999999999999999"),
        ("PROCESSES", "99999999999"),
        ("FILE_MB", "99999999999999999"),
        ("OUTPUT_KB", "99999999999999999"),
    ],
)
def test_limits_that_no_machine_has(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"HDLSMITH_SANDBOX__{key}", value)
    with pytest.raises(InputError, match=rf"sandbox\.{key.lower()}.*less than or equal to"):
        load_settings()


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_MODEL__API_KEY", "sk-very-secret")
    settings = load_settings()
    for shown in (
        repr(settings),
        str(settings),
        str(settings.model_dump()),
        settings.model_dump_json(),
    ):
        assert "very-secret" not in shown
    assert settings.model.api_key is not None
    assert settings.model.api_key.get_secret_value() == "sk-very-secret"


def test_a_wrong_secret_is_not_shown_either() -> None:
    toml('[model]\napi_key = ["sk-very-secret"]\n')
    with pytest.raises(InputError) as caught:
        load_settings()
    assert "very-secret" not in caught.value.message + caught.value.remedy


def test_tools_and_home(isolated_user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_TOOLS__IVERILOG", "/opt/iverilog")
    monkeypatch.delenv("HDLSMITH_STATE_DIR")
    settings = load_settings()
    assert settings.tools.iverilog == Path("/opt/iverilog")
    assert settings.tools.vvp is None
    assert settings.state_dir == isolated_user / ".local/state/hdlsmith"


def test_known_keys_are_dotted() -> None:
    keys = list(known_keys())
    assert {"model.base_url", "sandbox.cpu_s", "tools.vvp", "data_dir"} <= set(keys)
    assert len(keys) == len(set(keys))
