"""A folder of files written aside and moved in whole: nothing half-written stands where a reader looks."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from yunzhang.base.errors import YunzhangError, zh


class FolderTaken(YunzhangError):
    """The folder for the report holds something already."""

    code = "folder_taken"
    category = "conflict"
    what = zh("目录 %(folder)s 不是空的，未写入任何文件。")
    why = zh("报告由一组互相校验的文件组成，与旧文件混在一起就无法核对。")
    do = zh("请换一个空目录；确要替换其中由本命令写成的文件，加 --force（其他文件不动）。")


class NoFolder(YunzhangError):
    """The folder for the report cannot be made there."""

    code = "no_folder"
    what = zh("目录 %(folder)s 无法建立（%(problem)s）。")
    why = zh("其上级目录不存在、不可写，或已有同名文件。")
    do = zh("请先建立上级目录，或换一个位置。")


def check_folder(folder: Path, *, force: bool) -> None:
    """Return nothing; raises FolderTaken or NoFolder before anything costly is done."""
    if folder.exists() and not folder.is_dir():
        raise NoFolder(folder=folder.name, problem=zh("已有同名文件"))
    if not folder.absolute().parent.is_dir():
        raise NoFolder(folder=folder.name, problem=zh("上级目录不存在"))
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise FolderTaken(folder=folder.name)


def write_folder(folder: Path, files: Mapping[str, bytes], *, retired: frozenset[str] = frozenset()) -> None:
    """Write the files aside, then move them in; files of ours (`retired`) that are not written anew go away."""
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    except OSError as error:
        raise NoFolder(folder=folder.name, problem=error.strerror or "?") from error
    try:
        for name, content in files.items():
            (aside / name).write_bytes(content)
        aside.chmod(0o755)
        _move(aside, folder, retired - set(files))
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _move(aside: Path, folder: Path, gone: frozenset[str]) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        aside.replace(folder)  # an empty folder is replaced in one step
        return
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for file in sorted(aside.iterdir()):
        file.replace(folder / file.name)


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as sha256sum writes it."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    sums = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sums.update(block)
    return sums.hexdigest()


def sums_text(files: Mapping[str, bytes]) -> bytes:
    """Return the digests as `sha256sum --check` reads them."""
    return "".join(f"{digest(content)}  {name}\n" for name, content in sorted(files.items())).encode()
