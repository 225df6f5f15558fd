"""What the sandbox's tests share."""

import pytest

from hdlsmith.settings import Settings


@pytest.fixture(autouse=True)
def shared_verilator_cache(request: pytest.FixtureRequest, isolated_user: object) -> None:
    """One Verilator runtime for all tests, this session's and the next: making it costs 17 CPU
    seconds. Entries are named by their content, so no test can see what it should not."""
    folder = Settings().data_dir / "cache"
    folder.mkdir(parents=True)
    (folder / "verilator").symlink_to(request.config.cache.mkdir("verilator"))
