"""The settings of language models: one for all, a stronger one on failure, one of a role's own."""

from pathlib import Path

from pydantic import Field, SecretStr

from hdlsmith.roles import Role
from hdlsmith.section import Section


class OneModel(Section):
    """A model, and how it is asked."""

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


class TierSettings(OneModel):
    """One step of the ladder from cheap to strong; what it leaves out is as in `model`."""

    attempts: int = Field(default=2, gt=0)
    """Designs that it writes or rewrites before the next tier is asked; the last goes on until
    the budget ends. More where more candidates are wanted."""


class ModelSettings(OneModel):
    """Which language model answers, and how it is asked."""

    tiers: tuple[TierSettings, ...] = ()
    """Models from cheap to strong, as `[[model.tiers]]` tables."""
    roles: dict[Role, OneModel] = Field(default_factory=dict)
    """Models of single roles, as `[model.roles.<role>]` tables; they have no tiers."""

    def completed(self, own: OneModel) -> OneModel:
        """A tier's or role's settings, with what they leave out as it is here.

        A key belongs to its endpoint and prices belong to their model: who names another has to
        say them.
        """
        said = {
            key: getattr(own, key) for key in OneModel.model_fields if key in own.model_fields_set
        }
        if "base_url" in said:
            said.setdefault("api_key", None)
        if "name" in said:
            said = {"usd_per_million_input": 0.0, "usd_per_million_output": 0.0} | said
        shared = {key: getattr(self, key) for key in OneModel.model_fields}
        return OneModel.model_construct(**shared | said)
