"""Which files a conversation can reach, and how a change lands in them."""

import os
from pathlib import Path

import pytest

from hdlsmith.agent.chat.root import Root, reversed_change, unified
from hdlsmith.agent.chat.state import Change
from hdlsmith.design import MAX_SOURCE_BYTES
from hdlsmith.errors import InputError


@pytest.fixture
def root(tmp_path: Path) -> Root:
    folder = tmp_path / "root"
    (folder / "rtl").mkdir(parents=True)
    (folder / "rtl" / "a.v").write_text("module a;\nendmodule\n")
    (tmp_path / "outside.v").write_text("module outside; endmodule\n")
    (folder / "out").symlink_to(tmp_path)
    (folder / "file.v").symlink_to(tmp_path / "outside.v")
    (folder / "own.v").symlink_to("rtl/a.v")
    (folder / "circle").symlink_to("circle")
    (folder / ".git").mkdir()
    (folder / "git").symlink_to(".git")
    return Root(folder)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../outside.v",
        "rtl/../../outside.v",
        "/etc/passwd",
        "out/outside.v",
        "out/new.v",
        "file.v",
        "circle",
        "circle/a.v",
        ".git/config",
        "git/config",
        ".env",
        "rtl/.hidden.v",
        "hdlsmith.toml",
        "rtl/HDLSMITH.TOML",
        "rtl/a.v\n",
        "rtl/\x1b[2Ja.v",
        "rtl/\u202eb.v",
        "a\0b",
        "x" * 5000,
    ],
)
def test_what_is_out_of_reach(root: Root, name: str) -> None:
    for reach in (root.inside, root.read, lambda path: root.edit(path, "text")):
        with pytest.raises(InputError):
            reach(name)


def test_a_link_inside_is_followed(root: Root) -> None:
    edit = root.edit("own.v", "module b;\nendmodule\n")
    assert edit.path == "rtl/a.v"
    root.apply(Change((edit,), ""))
    assert (root.folder / "own.v").is_symlink()
    assert (root.folder / "rtl" / "a.v").read_text().startswith("module b")


def test_a_change_and_its_way_back(root: Root) -> None:
    path = root.folder / "rtl" / "a.v"
    path.write_bytes(b"\xef\xbb\xbfmodule a;\r\nendmodule")
    path.chmod(0o640)
    before = path.read_bytes()
    edits = (root.edit("rtl/a.v", "module c;\n"), root.edit("new/deep/d.v", "module d;\n"))
    change = Change(edits, "test")
    assert "+++ b/new/deep/d.v" in unified(change)
    root.apply(change)
    root.apply(change)  # a process killed in between does it again
    assert path.read_text() == "module c;\n"
    assert path.stat().st_mode & 0o777 == 0o640
    root.apply(reversed_change(change))
    assert path.read_bytes() == before
    assert not (root.folder / "new/deep/d.v").exists()


def test_a_file_that_has_changed_since_is_left_alone(root: Root) -> None:
    change = Change((root.edit("rtl/a.v", "module c;\n"),), "")
    (root.folder / "rtl/a.v").write_text("module mine;\n")
    with pytest.raises(InputError, match="changed in the meantime"):
        root.apply(change)
    assert (root.folder / "rtl/a.v").read_text() == "module mine;\n"


@pytest.mark.parametrize("swapped", ["rtl", "rtl/a.v"])
def test_a_link_put_in_the_way_is_not_written_through(root: Root, swapped: str) -> None:
    """Between the diff and the yes, and even if it leads to the same text."""
    change = Change((root.edit("rtl/a.v", "stolen\n"),), "")
    outside = root.folder.parent / "elsewhere"
    (root.folder / swapped).rename(outside)
    (root.folder / swapped).symlink_to(outside)
    with pytest.raises(InputError, match="leads out of"):
        root.apply(change)
    theirs = outside if outside.is_file() else outside / "a.v"
    assert theirs.read_text() == "module a;\nendmodule\n"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * (MAX_SOURCE_BYTES + 1)])
def test_a_text_that_could_not_be_read_again_is_refused(root: Root, text: str) -> None:
    """Else /undo could not look whether the file is as the change left it."""
    with pytest.raises(InputError, match=r"the text for 'rtl/n\.v'"):
        root.edit("rtl/n.v", text)


def test_files_change_together_or_not_at_all(root: Root) -> None:
    change = Change((root.edit("rtl/a.v", "new\n"), root.edit("rtl/b.v", "new\n")), "")
    (root.folder / "rtl" / ".b.v.hdlsmith-new").mkdir()
    with pytest.raises(InputError, match=r"cannot write rtl/b\.v"):
        root.apply(change)
    assert (root.folder / "rtl/a.v").read_text() == "module a;\nendmodule\n"
    assert not (root.folder / "rtl/b.v").exists()


def test_a_hard_link_is_cut_and_not_written_through(root: Root) -> None:
    outside = root.folder.parent / "outside.v"
    os.link(outside, root.folder / "rtl" / "hard.v")
    root.apply(Change((root.edit("rtl/hard.v", "module h;\n"),), ""))
    assert outside.read_text() == "module outside; endmodule\n"
