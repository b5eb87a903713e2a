"""Machine code kept on disk is that of the code as it stands, also of what was woven in from another file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np

from yunzhang.base.compiled import compiled, content_digest

INNER = "from yunzhang.base.compiled import compiled\nSIZE = {size}\n@compiled\ndef inner(x):\n    return x + SIZE\n"
OUTER = """
from yunzhang.base.compiled import compiled
from inner import inner
@compiled
def outer(x):
    return inner(x) * 2
print(outer(1), sum(outer.stats.cache_hits.values()))
"""


def run(folder: Path) -> list[int]:
    path = os.pathsep.join([str(folder), str(Path(__file__).resolve().parents[2])])
    env = {**os.environ, "PYTHONPATH": path}
    told = subprocess.run([sys.executable, "outer.py"], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return [int(word) for word in told.stdout.split()]


def test_a_change_in_another_file_is_seen_and_an_unchanged_one_is_not_compiled_again(tmp_path):
    (tmp_path / "outer.py").write_text(OUTER, "utf-8")
    (tmp_path / "inner.py").write_text(INNER.format(size=1), "utf-8")
    assert run(tmp_path) == [4, 0]
    assert run(tmp_path) == [4, 1]
    (tmp_path / "inner.py").write_text(INNER.format(size=2), "utf-8")
    assert run(tmp_path) == [6, 0]


def test_the_digest_follows_calls_constants_and_tables():
    table = np.arange(3)

    def made(step, values):
        space = {"STEP": step, "VALUES": values}
        exec("def low(x):\n    return x + STEP + VALUES[0]\n\ndef high(x):\n    return low(x)\n", space)  # noqa: S102
        space["low"] = numba.njit(space["low"])
        return content_digest(space["high"])

    assert made(1, table) == made(1, table.copy())
    assert len({made(1, table), made(2, table), made(1, table + 1)}) == 3


def test_one_that_calls_itself_has_a_digest():
    @compiled
    def down(x):
        return 0 if x <= 0 else down(x - 1)

    assert content_digest(down) == content_digest(down.py_func)
