"""The home folder of one office: `home.toml` says how it was born, its scheme, database and wording. No Django."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "YUNZHANG_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """One office's folder; `database` is "sqlite" or a postgresql:// address."""

    root: Path
    born: str = "real"  # real | simulated
    scheme: str = "chongqing"
    database: str = "sqlite"
    wording: str = "cloud_chief"
    until: str = ""  # simulated homes: the last simulated day
    places: str = "fictional"  # simulated homes: fictional | real names of places; the record is invented in both

    @property
    def is_simulated(self) -> bool:
        """True for a home born by `yunzhang demo`; only such a home may pass another moment than now."""
        return self.born == "simulated"

    @property
    def sqlite(self) -> Path:
        """The embedded database file."""
        return self.root / "yunzhang.sqlite3"

    @property
    def keys(self) -> Path:
        """The private folder of signing keys (0700)."""
        return self.root / "keys"

    @property
    def tiles(self) -> Path:
        """The static tiles of the ledger, rebuildable from the tables."""
        return self.root / "tiles"

    @property
    def files(self) -> Path:
        """Attachments and job results."""
        return self.root / "files"


def read_home(root: Path) -> Home:
    """Return the home at `root`; raises FileNotFoundError where there is no home.toml."""
    facts = tomllib.loads((root / "home.toml").read_text("utf-8"))
    known = {
        key: str(facts[key]) for key in ("born", "scheme", "database", "wording", "until", "places") if key in facts
    }
    return Home(root=root, **known)


def write_home(home: Home) -> None:
    """Write `home.toml` and make the folders, keys readable by the owner alone."""
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder, mode in ((home.keys, 0o700), (home.tiles, 0o755), (home.files, 0o700)):
        folder.mkdir(mode=mode, exist_ok=True)
    facts = ("born", "scheme", "database", "wording", "until", "places")
    # a JSON string is a TOML string; the file may name a database password, so its owner alone reads it
    text = "".join(f"{key} = {json.dumps(getattr(home, key), ensure_ascii=False)}\n" for key in facts)
    descriptor = os.open(home.root / "home.toml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)


def current_home() -> Home | None:
    """Return the home named by YUNZHANG_HOME, or None (tests, measuring from files)."""
    root = os.environ.get(VARIABLE)
    return read_home(Path(root)) if root else None
