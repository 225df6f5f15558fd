"""The services that tools work with, each opened when it is first wanted."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hdlsmith.agent.chat.root import Root
from hdlsmith.agent.chat.screen import Screen
from hdlsmith.agent.chat.secrets import Secrets, guarded
from hdlsmith.agent.chat.watch import ChatWatch
from hdlsmith.errors import HdlsmithError, InputError
from hdlsmith.roles import Role
from hdlsmith.settings import Settings, find_config

if TYPE_CHECKING:
    from hdlsmith.agent.deps import Deps
    from hdlsmith.agent.seats import Models
    from hdlsmith.design import Design
    from hdlsmith.retrieval.searching.searcher import Searcher
    from hdlsmith.retrieval.store.index import Index
    from hdlsmith.sandbox.cage import Cage
    from hdlsmith.sandbox.simulation.icarus import Icarus


@dataclass(frozen=True)
class Workbench:
    """
    Attributes:
        root: the only place where files are read and written.
    """

    root: Root
    settings: Settings
    secrets: Secrets
    screen: Screen

    @cached_property
    def watch(self) -> ChatWatch:
        """Told what long steps are doing; keeps the transcript."""
        return ChatWatch(self.screen, self.secrets)

    @property
    def has_model(self) -> bool:
        """Whether the settings name any; whether it answers is another matter."""
        model = self.settings.model
        return bool(model.name or model.base_url or model.tiers or Role.CHAT in model.roles)

    @cached_property
    def models(self) -> "Models":
        """The models, none of which is ever told a key.

        Raises:
            HdlsmithError: none is configured, or it can't be reached.
        """
        from hdlsmith.agent.choose_model import choose_models

        return guarded(choose_models(self.settings), self.secrets)

    def deps(self, opened: ExitStack) -> "Deps":
        """The services of the loop that writes designs.

        Args:
            opened: closes the repository's index.

        Raises:
            HdlsmithError: no model, or a tool is missing.
        """
        from hdlsmith.agent.deps import make_deps
        from hdlsmith.agent.repository import IndexedRepository

        repository = None
        with suppress(InputError):  # no index: then no conventions are known
            repository = IndexedRepository(opened.enter_context(self.searcher()))
        return make_deps(self.settings, self.icarus, self.models, self.watch, repository)

    @cached_property
    def cage(self) -> "Cage":
        """What every tool that reads foreign HDL runs in.

        Raises:
            SandboxError: the settings want isolation, and there is none.
        """
        from hdlsmith.sandbox.cage import make_cage

        return make_cage(self.settings.sandbox)

    @cached_property
    def icarus(self) -> "Icarus":
        """
        Raises:
            MissingToolError: not installed.
        """
        from hdlsmith.sandbox.simulation.icarus import Icarus

        return Icarus.find(self.settings, self.cage)

    def design(self, paths: list[str], top: str = "") -> "Design":
        """The HDL of files and folders below the root; of folders what a top needs.

        Its files are named from the root.

        Raises:
            InputError: a path that leads out of the root, is hidden, or can't be read.
        """
        from hdlsmith.design import Design
        from hdlsmith.sandbox.source_tree import read_tree

        if not paths:
            raise InputError("no files are named", remedy="name files or folders, such as rtl")
        inside = [self.root.inside(path) for path in paths]
        files = read_tree(inside, top or None)
        config = find_config(self.root.folder)  # read_tree names files from its folder
        above = self.root.folder.relative_to(config.parent if config else self.root.folder)
        named = (PurePosixPath(file.path).relative_to(above).as_posix() for file in files)
        renamed = tuple(replace(file, path=path) for file, path in zip(files, named, strict=True))
        for file in renamed:  # a link in a folder may lead to what is hidden
            self.root.inside(file.path)
        return Design(renamed, top or None)

    def refresh(self) -> None:
        """Bring the index, if there is one, in line with files that have just changed."""
        import sqlite3

        from hdlsmith.retrieval.building.build import update
        from hdlsmith.retrieval.store.index import find_index

        try:
            update(find_index(self.root.folder), self.settings.index)
        except InputError:  # no index; or another process is at it already
            return
        except (HdlsmithError, OSError, sqlite3.Error) as error:
            self.screen.line(f"* the index could not follow the change: {error}", "yellow")

    @contextmanager
    def searcher(self) -> "Iterator[Searcher]":
        """
        Raises:
            InputError: there is no usable index.
        """
        from hdlsmith.retrieval.searching.searcher import Searcher
        from hdlsmith.retrieval.store.index import find_index

        with Searcher(find_index(self.root.folder)) as searcher:
            yield searcher

    def index(self) -> "Index":
        """The opened index; the caller closes it.

        Raises:
            InputError: there is no usable index.
        """
        from hdlsmith.retrieval.store.index import Index, find_index

        return Index(find_index(self.root.folder))
