"""The home folder: what is written is read back, and nobody else reads it."""

from __future__ import annotations

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from yunzhang.kit.home import Home, read_home, write_home

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


@given(database=TEXT, scheme=TEXT)
def test_a_home_reads_back_as_written(tmp_path_factory: object, database: str, scheme: str) -> None:
    root: Path = tmp_path_factory.mktemp("home")  # type: ignore[attr-defined]
    home = Home(root, database=f'postgresql://u:"{database}\\"@h/n', scheme=scheme, places="real")
    write_home(home)
    assert read_home(root) == home


def test_its_owner_alone_reads_it(tmp_path: Path) -> None:
    write_home(Home(tmp_path / "office"))
    modes = {name: stat.S_IMODE((tmp_path / "office" / name).stat().st_mode) for name in ("home.toml", "keys", "files")}
    assert modes == {"home.toml": 0o600, "keys": 0o700, "files": 0o700}
