"""The manifest of a bundle: what went in, with which choices, what came out; and whether a second run agrees.

Nothing here depends on the day, the machine or where files stand: the same command a year later gives the same bytes.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yunzhang
from yunzhang.base.errors import YunzhangError, zh
from yunzhang.governance.observatory.commands.pack import texts
from yunzhang.governance.observatory.commands.pack.files import json_bytes
from yunzhang.governance.observatory.commands.pack.folder import digest, digest_of, sums_text
from yunzhang.governance.observatory.commands.pack.rows import moment_text
from yunzhang.governance.observatory.rules import moment
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.kit.home import current_home

PACKAGE = Path(yunzhang.__file__).resolve().parent
MANIFEST, SUMS, CITATION, RUN = "manifest.json", "MANIFEST", "CITATION.cff", "RUN.txt"
FORMAT = 1
MOMENTS = ("from_at", "to_at", "as_of")


class BadManifest(YunzhangError):
    """A bundle that cannot be run again."""

    code = "bad_manifest"
    what = zh("目录 %(folder)s 中的 manifest.json 无法使用：%(problem)s。")
    why = zh("复算要用到 manifest.json 中的参数与摘要。")
    do = zh("请指向由 yunzhang measure --bundle 写成、未经改动的目录。")


def describe(
    parameters: Parameters,
    options: Mapping[str, Any],
    digests: Mapping[str, str],
    *,
    key: bytes | None,
    source: Sequence[str],
) -> dict[str, Any]:
    """Return what a manifest says of the run, outputs apart; `options` are root, sweep, mask, language.

    `source` names the log as the command does, without a path.
    """
    settled = asdict(parameters) | {name: moment_text(getattr(parameters, name)) for name in MOMENTS}
    if key is not None:
        settled["programme"] = ""
    return {
        "format": FORMAT,
        "product": {"name": "yunzhang", "version": yunzhang.__version__, "lock": _lock()},
        "parameter_files": _parameter_files(),
        "inputs": dict(digests),
        "parameters": settled,
        "options": dict(options),
        "mask_key": digest(key) if key is not None else None,
        "command": command_of(settled, options, source),
    }


def _lock() -> str | None:
    lock = PACKAGE.parent / "uv.lock"  # an installed package has none
    return digest_of(lock) if lock.exists() else None


def _parameter_files() -> dict[str, str]:
    found = {
        f"data/parameters/{file.name}": digest_of(file) for file in (PACKAGE / "data" / "parameters").glob("*.yaml")
    }
    home = current_home()
    own = (home.root / "parameters").glob("*.yaml") if home else ()
    return dict(sorted((found | {f"home/parameters/{file.name}": digest_of(file) for file in own}).items()))


def command_of(settled: Mapping[str, Any], options: Mapping[str, Any], source: Sequence[str]) -> str:
    """Return the command with every choice spelt out; files are named by their role."""
    words = ["yunzhang", "measure", *source]
    for name, option in (("from_at", "--from"), ("to_at", "--to"), ("as_of", "--as-of"), ("programme", "--programme")):
        words += [option, settled[name]] if settled[name] else []
    words += ["--term", f"{settled['term_days']:g}", "--tau", f"{settled['tau']:g}"]
    words += ["--parts", ",".join(settled["parts"])]
    words += ["--weights", ",".join(f"{weight:g}" for weight in settled["weights"])]
    words += ["--covers", ",".join(settled["covers"] or ())]
    words += ["--draws", str(settled["draws"]), "--seed", str(settled["seed"])]
    words += ["--root", options["root"]] if options.get("root") else []
    words += [f"--{name}" for name in ("sweep", "mask") if options.get(name)]
    words += ["--mask-key", "KEY"] if options.get("mask") else []
    return " ".join([shlex.join(words), "--language", options["language"], "--bundle", "DIR"])


def seal(told: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a bundle: those of the pack, the citation, the manifest, and the sums over all."""
    held = dict(files) | {CITATION: citation_bytes()}
    outputs = {name: digest(content) for name, content in sorted(held.items())}
    held[MANIFEST] = json_bytes({**told, "outputs": outputs})
    return held | {SUMS: sums_text(held)}


def citation_bytes() -> bytes:
    """Return how to cite the program: the file CITATION.cff of the repository, word for word."""
    return texts.citation_file().encode()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a bundle; raises BadManifest."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        if told["format"] != FORMAT:
            raise BadManifest(folder=folder.name, problem=f"format {told['format']}")
        asked_of(told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadManifest(folder=folder.name, problem=type(error).__name__) from error
    return dict(told)


def asked_of(told: Mapping[str, Any]) -> Parameters:
    """Return the parameters a manifest asks for."""
    held: dict[str, Any] = dict(told["parameters"])
    for name in MOMENTS:
        held[name] = moment(held[name], bare="start", name=name) if held[name] else None
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}
    return Parameters(**given)


def check_files(folder: Path, told: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return ("file", name, agrees) of every file of a bundle as it lies in its folder."""
    held = {name: folder / name for name in told["outputs"]}
    return [("file", name, file.is_file() and digest_of(file) == told["outputs"][name]) for name, file in held.items()]


def compare(
    told: Mapping[str, Any], again: Mapping[str, Any], files: Mapping[str, bytes]
) -> list[tuple[str, str, bool]]:
    """Return (what, name, agrees) of every input, parameter file and output of two runs."""
    known = [("input", name, again["inputs"].get(name) == value) for name, value in told["inputs"].items()]
    known += [
        ("parameters", name, again["parameter_files"].get(name) == value)
        for name, value in told["parameter_files"].items()
    ]
    known.append(("product", told["product"]["version"], told["product"] == again["product"]))
    sums = {name: digest(content) for name, content in files.items()}
    return known + [("output", name, sums.get(name) == value) for name, value in told["outputs"].items()]
