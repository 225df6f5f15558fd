"""The base of every section of the settings."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Keys with a docstring each; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
