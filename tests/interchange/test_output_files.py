"""Output files: whole or not at all, at whatever place."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from cnncalc import CnncalcError
from cnncalc.interchange.output_files import opened, write_errors
from tests.interchange.contents import contents


def write(path: str, data: bytes = b"new") -> None:
    with opened(path) as file, write_errors(path):
        file.write(data)


def message(path: str, data: bytes = b"new") -> str:
    """What is told where `path` cannot be written."""
    with pytest.raises(CnncalcError) as caught:
        write(path, data)
    return caught.value.message


def test_nothing_is_seen_of_a_file_before_it_is_whole() -> None:
    Path("out").write_bytes(b"old")
    with opened("out") as file:
        file.write(b"new")
        file.flush()
        [temporary] = set(os.listdir()) - {"out"}
        assert Path("out").read_bytes() == b"old"
        assert temporary.startswith(".")
    assert contents() == {"out": b"new"}


@pytest.mark.parametrize("problem", [ValueError(), KeyboardInterrupt(), SystemExit(), OSError("elsewhere")])
def test_what_fails_leaves_all_as_it_was(problem: BaseException) -> None:
    Path("out").write_bytes(b"old")

    def fail() -> None:
        with opened("out") as file:
            file.write(b"new")
            raise problem

    with pytest.raises(type(problem)):
        fail()
    assert contents() == {"out": b"old"}


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
def test_a_disk_that_is_full_leaves_all_as_it_was(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("out").write_bytes(b"old")
    if name == "write":
        with pytest.raises(CnncalcError, match="cannot write out: No space left"), opened("out"), write_errors("out"):
            fail()
    else:
        monkeypatch.setattr(os, name, fail)
        assert message("out") == "cannot write out: No space left on device"
    assert contents() == {"out": b"old"}


def test_what_writes_nothing_replaces_nothing() -> None:
    Path("out").write_bytes(b"old")
    write("out", b"")
    assert contents() == {"out": b"old"}


def test_a_file_that_it_did_not_make_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    name = f".{'00' * 8}.part"
    Path(name).write_bytes(b"somebody's")
    assert message("out") == "cannot write out: File exists"
    assert contents() == {name: b"somebody's"}


def test_the_data_are_on_the_disk_before_the_name_and_then_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def synced(number: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else f"{os.fstat(number).st_size} bytes")
        sync(number)

    def replaced(old: str, new: str) -> None:
        done.append("replace")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write("out")
    assert done == ["3 bytes", "replace", "folder"]


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_permissions(mask: int) -> None:
    """Those of the file that was there, or those of any new file."""
    Path("old").write_bytes(b"")
    Path("old").chmod(0o640)
    before = os.umask(mask)
    try:
        write("old")
        write("new")
    finally:
        os.umask(before)
    assert [Path(name).stat().st_mode & 0o777 for name in ("old", "new")] == [0o640, 0o666 & ~mask]


def test_links_are_followed() -> None:
    Path("real").write_bytes(b"old")
    Path("link").symlink_to("real")
    Path("chain").symlink_to("link")
    Path("dangling").symlink_to("made")
    write("chain", b"1")
    write("dangling", b"2")
    assert (Path("real").read_bytes(), Path("made").read_bytes()) == (b"1", b"2")
    assert [Path(name).is_symlink() for name in ("chain", "link", "dangling")] == [True] * 3


def test_places_that_cannot_be() -> None:
    Path("file").write_bytes(b"old")
    Path("loop").symlink_to("loop")
    Path("astray").symlink_to("no/such")
    before = set(os.listdir())
    for path, reason in [
        (".", "Is a directory"),
        ("new/", "Is a directory"),
        ("file/", "Not a directory"),
        ("file/out", "Not a directory"),
        ("no/out", "No such file or directory"),
        ("astray", "No such file or directory"),
        ("loop", "Too many levels of symbolic links"),
        ("n" * 256, "File name too long"),
        ("n\0", "embedded null byte"),
        ("/dev/fd/9999", "Bad file descriptor"),
    ]:
        assert message(path) == f"cannot write {path}: {reason}"
    assert set(os.listdir()) == before


@pytest.mark.parametrize("name", ["n" * 255, "ñ" * 127])
def test_the_longest_names(name: str) -> None:
    write(name)
    assert contents() == {name: b"new"}


def test_a_file_that_is_for_reading_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder would let us replace it; the superuser may do anything."""
    Path("out").write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert message("out") == "cannot write out: Permission denied"
    assert contents() == {"out": b"old"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may do anything")
def test_a_folder_that_is_for_reading_only(folder: Path) -> None:
    Path("old").write_bytes(b"old")
    folder.chmod(0o555)
    try:
        assert message("out") == "cannot write out: Permission denied"
        assert message("old") == "cannot write old by way of a new file beside it: Permission denied"
    finally:
        folder.chmod(0o755)


def test_devices() -> None:
    write("/dev/null")
    if os.path.exists("/dev/full"):
        assert message("/dev/full") == "cannot write /dev/full: No space left on device"


def reading(source: Any) -> tuple[threading.Thread, list[bytes]]:
    """A thread that reads a file to its end."""
    found: list[bytes] = []

    def read() -> None:
        with open(source, "rb") as file:
            found.append(file.read())

    thread = threading.Thread(target=read)
    thread.start()
    return thread, found


def test_a_named_pipe() -> None:
    os.mkfifo("pipe")
    thread, found = reading("pipe")
    write("pipe", b"x" * 100_000)
    thread.join()
    assert found == [b"x" * 100_000]


def test_an_open_pipe() -> None:
    """As `>(command)` gives it."""
    outgoing, incoming = os.pipe()
    thread, found = reading(outgoing)
    write(f"/dev/fd/{incoming}", b"x" * 100_000)
    os.close(incoming)
    thread.join()
    assert found == [b"x" * 100_000]


def test_a_pipe_whose_reader_went_away() -> None:
    outgoing, incoming = os.pipe()
    os.close(outgoing)
    write(f"/dev/fd/{incoming}", b"x" * 100_000)
    os.close(incoming)


def test_an_open_file_is_written_to_where_it_stands() -> None:
    with open("log", "wb") as file:
        file.write(b"before ")
        file.flush()
        write(f"/dev/fd/{file.fileno()}", b"new")
        file.write(b" after")
    assert Path("log").read_bytes() == b"before new after"


def test_an_open_file_for_reading() -> None:
    Path("in").write_bytes(b"old")
    with open("in", "rb") as file:
        path = f"/dev/fd/{file.fileno()}"
        assert message(path) == f"cannot write {path}: Bad file descriptor"
