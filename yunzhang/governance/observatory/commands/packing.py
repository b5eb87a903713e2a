"""What `measure` does with --report, --bundle, --sweep, --mask and --reproduce."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.commands import sources
from yunzhang.governance.observatory.commands.pack import manifest
from yunzhang.governance.observatory.commands.pack.folder import check_folder, write_folder
from yunzhang.governance.observatory.commands.pack.masking import BadMaskKey, find_key, make_mask
from yunzhang.governance.observatory.commands.pack.report import nothing_across, nothing_down, sentence
from yunzhang.governance.observatory.commands.pack.rows import has_h, has_v
from yunzhang.governance.observatory.commands.pack.writing import OWN_FILES, Pack, write_pack
from yunzhang.governance.observatory.rules import sweeping
from yunzhang.governance.observatory.terms import BadParameter, Figures
from yunzhang.kit.busy import busy

LANGUAGES = ("zh", "en")
type_tell = Callable[[str], None]


class NothingToMask(YunzhangError):
    """A mask without anything that is handed on."""

    code = "nothing_to_mask"
    what = zh("--mask 没有可遮蔽的输出。")
    why = zh("遮蔽只用于要交出去的一组文件；屏幕与 --json、--out 总是原样。")
    do = zh("请同时给出 --report 目录 或 --bundle 目录，不要与 --json、--out 同用。")


class NotReproduced(YunzhangError):
    """A second run that does not agree with the first."""

    code = "not_reproduced"
    category = "conflict"
    what = zh("复算结果与原件不一致：%(count)s 处。")
    why = zh("输入、参数文件或软件版本与当时不同，或文件被改动；上表列出每一处。")
    do = zh("请先核对输入文件与软件版本，再比较不一致的文件。")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the figures themselves."""

    report: Path | None = None
    bundle: Path | None = None
    sweep: bool = False
    mask: bool = False
    mask_key: Path | None = None
    language: str = ""
    force: bool = False

    @property
    def folders(self) -> list[Path]:
        """The folders that shall be written."""
        return [folder for folder in (self.report, self.bundle) if folder is not None]

    @property
    def spoken(self) -> str:
        """The language of the files: the one named, else the terminal's."""
        return self.language or ("zh" if (get_language() or "zh").startswith("zh") else "en")


def check_wish(wish: Wish, *, plain: bool) -> None:
    """Return nothing; raises what is wrong with folders, language or mask before anything costly is done.

    `plain`: figures are asked for as they are as well, which a mask must not let happen unnoticed.
    """
    if wish.language not in ("", *LANGUAGES):
        raise BadParameter(name="--language", problem="zh | en")
    if (wish.mask or wish.mask_key) and (plain or not wish.folders):
        raise NothingToMask
    for folder in wish.folders:
        check_folder(folder, force=wish.force)


def write(
    wish: Wish, found: sources.Found, figures: Sequence[Figures], *, root: str, tell: type_tell
) -> dict[Path, list[str]]:
    """Write the folders asked for; return the names of the files by folder."""
    if not wish.folders:
        return {}
    key = find_key(wish.mask_key, wish.folders) if wish.mask or wish.mask_key else None
    tell(_("正在写报告"))
    made, told = make_files(found, figures, root=root, key=key, sweep=wish.sweep, language=wish.spoken)
    written = {}
    for folder in wish.folders:
        files = manifest.seal(told, made) if folder == wish.bundle else made
        extra = {manifest.RUN: _run_note()} if folder == wish.bundle else {}
        write_folder(folder, {**files, **extra}, retired=OWN_FILES)
        written[folder] = sorted({**files, **extra})
    return written


def make_files(
    found: sources.Found, figures: Sequence[Figures], *, root: str, key: bytes | None, sweep: bool, language: str
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the files of a pack, and what the manifest says of the run."""
    shown = root
    if root and key is not None:
        shown = make_mask(found.measured, [each.unit for each in figures], key).names[root]
    options = {"root": shown, "sweep": sweep, "mask": key is not None, "language": language}
    told = manifest.describe(found.measured.parameters, options, found.digests(), key=key, source=found.words)
    pack = Pack(found.measured, figures, found.tables, found.origin, told["command"], language, sweep, key)
    return write_pack(pack), told


def _run_note() -> bytes:
    # the one file that is not digested: when and on what it was run
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"run at {now}\nPython {platform.python_version()}\nthis file is in no digest\n".encode()


def say(wish: Wish, found: sources.Found, figures: Sequence[Figures], written: Mapping[Path, Sequence[str]]) -> None:
    """Print where the files are, and the sentence of a sweep."""
    for folder, names in written.items():
        typer.echo(_("已写入 %(count)s 个文件：%(folder)s") % {"count": len(names), "folder": folder})
    if wish.sweep and not written:
        top = min(figures, key=lambda each: (each.level, each.unit), default=None)
        if not has_v(found.measured):
            typer.echo(nothing_down())
        elif not has_h(found.measured):
            typer.echo(nothing_across())
        elif top is not None:
            node = found.measured.tree.ids.index(top.unit)
            typer.echo(f"{top.name}  {sentence(next(sweeping.sweep(found.measured, [node])))}")


def reproduce(folder: Path, named: sources.Named, mask_key: Path | None) -> int:
    """Run a bundle's command again on the given inputs and print which digests agree.

    Raises BadManifest, and NotReproduced where one does not.
    """
    told = manifest.read_manifest(folder)
    options = told["options"]
    if mask_key is not None and not mask_key.exists():  # a key made now would agree with nothing
        raise BadMaskKey(file=mask_key.name, problem=zh("没有这个文件"))
    with busy(_("正在复算")):
        found = sources.find_log(named, manifest.asked_of(told))
        key = find_key(mask_key, [folder]) if options["mask"] else None
        root = _root(options["root"], found.measured, key)
        figures = sources.list_chosen(found.measured, root)
        made, again = make_files(
            found, figures, root=root, key=key, sweep=options["sweep"], language=options["language"]
        )
        files = manifest.seal(again, made)
    lines = [*manifest.check_files(folder, told), *manifest.compare(told, again, files)]
    words = {True: _("一致"), False: _("不一致")}
    for what, name, agrees in lines:
        typer.echo(f"{words[agrees]}  {what:<11} {name}")
    wrong = sum(not agrees for _what, _name, agrees in lines)
    if wrong and options["mask"] and mask_key is None:
        typer.echo(_("这个研究包经过遮蔽：没有当时的密钥（--mask-key FILE），代号不同，只能核对文件与输入。"), err=True)
    if wrong:
        raise NotReproduced(count=wrong)
    typer.echo(_("复算结果与原件逐字节一致。"))
    return 0


def _root(shown: str, measured: rules.Measured, key: bytes | None) -> str:
    if not shown or key is None:
        return shown
    names = make_mask(measured, [], key).names
    return next((unit for unit, name in names.items() if name == shown), shown)
