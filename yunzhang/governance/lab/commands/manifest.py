"""What a manifest says of a run: inputs, scenario, behaviour, seed, program; no day, no path, no machine."""

from __future__ import annotations

import importlib.metadata
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yunzhang
from yunzhang.governance.lab.actions import find_engine_digest
from yunzhang.governance.lab.commands.starting import Start, file_digest
from yunzhang.governance.lab.rules.scenarios import write_scenario
from yunzhang.governance.lab.terms import Scenario
from yunzhang.kit.home import current_home

PACKAGE = Path(yunzhang.__file__).resolve().parent
FORMAT = 1
LIBRARIES = ("numba", "numpy", "pyarrow")  # what numbers and bytes are made with; an installed package has no lock
PARAMETERS = ("lab", "observatory")


def describe(
    start: Start, scenario: Scenario, behaviour: Mapping[str, Any], *, runs: int, seed: int, language: str
) -> dict[str, Any]:
    """Return the manifest of a run before it has outputs."""
    words = ["yunzhang", "lab", "run", "SCENARIO", *start.words, "--runs", str(runs), "--seed", str(seed)]
    return {
        **_program("run"),
        "inputs": dict(start.digests),
        "scenario": write_scenario(scenario),
        "behaviour": dict(behaviour),
        "seed": seed,
        "runs": runs,
        "command": " ".join([shlex.join(words), "--language", language, "--out", "DIR"]),
        "outputs": {},
    }


def describe_paths(asked: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the manifest of the paths before it has outputs; `asked` are runs, seed, levels, map."""
    words = ["yunzhang", "lab", "paths", *(f"--{name} {asked[name]}" for name in ("runs", "seed", "levels"))]
    words += ["--map"] if asked["map"] else []
    told = {"inputs": {}, "asked": dict(asked), "seed": asked["seed"], "runs": asked["runs"]}
    return _program("paths") | told | {"command": " ".join([*words, "--language", language, "--out", "DIR"])}


def describe_calibration(start: Start, asked: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the manifest of a calibration before it has outputs; `asked` are ahead, runs, seed."""
    words = ["yunzhang", "lab", "calibrate", *start.words, "--ahead", str(asked["ahead"]), "--seed", str(asked["seed"])]
    told = {"inputs": dict(start.digests), "asked": dict(asked), "seed": asked["seed"], "runs": asked["runs"]}
    return _program("calibrate") | told | {"command": " ".join([*words, "--language", language, "--out", "DIR"])}


def _program(what: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "what": what,
        "simulated": True,
        "product": {"name": "yunzhang", "version": yunzhang.__version__, "lock": _lock(), "libraries": _libraries()},
        "engine": find_engine_digest(),
        "parameter_files": _parameter_files(),
    }


def _lock() -> str | None:
    lock = PACKAGE.parent / "uv.lock"  # an installed package has none
    return file_digest(lock) if lock.exists() else None


def _libraries() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def _parameter_files() -> dict[str, str]:
    held = {f"data/parameters/{name}.yaml": PACKAGE / "data" / "parameters" / f"{name}.yaml" for name in PARAMETERS}
    home = current_home()
    if home is not None:
        own = {f"home/parameters/{name}.yaml": home.root / "parameters" / f"{name}.yaml" for name in PARAMETERS}
        held |= {name: file for name, file in own.items() if file.exists()}
    return {name: file_digest(file) for name, file in held.items()}
