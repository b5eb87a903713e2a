"""The paper's choice where the work itself is hard: units of the engine that learn on landscapes of K interdependences.

What a government knows after a time with a strong line, with links, or with both, while superiors are replaced. This is
the other place where the advice may fail: routing leans on the backbone, learning need not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from yunzhang.base.chance import mixed
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import Backbone, regular_tree
from yunzhang.governance.lab.rules.contents import Contents, make_contents
from yunzhang.governance.lab.rules.engine import Setting, Stage, run
from yunzhang.governance.lab.rules.engine.parts import ACROSS, DIRECTIVE, REPORT, Flows, make_flows, make_units, wire
from yunzhang.governance.lab.rules.landscape import face_best, find_heights, make_landscape
from yunzhang.governance.lab.rules.links import Links, draw_links, make_links
from yunzhang.governance.lab.rules.paths.mapping import ALIKE, GIVE_UP_LINE, KEEP_LINE, SURE
from yunzhang.governance.lab.rules.paths.stands import Stand

BITS, DAILY = 12, 1.0  # dimensions of the work; matters a day and flow


@dataclass(frozen=True, slots=True)
class Work:
    """What is tried. `k`: interdependences of the work; `turnover`: chance a day that a superior is replaced;
    `days`: when one looks; `p_down`, `p_up`: how fast units learn from their superior, and it from them.
    """

    k: tuple[int, ...] = (0, 2, 5)
    turnover: tuple[float, ...] = (0.0, 0.01, 0.05)
    days: tuple[int, ...] = (20, 100)
    p_down: float = 0.3
    p_up: float = 0.5
    across: float = 0.95
    runs: int = 20
    seed: int = 1


def compare_learning(
    keep: Stand,
    give_up: Stand,
    work: Work | None = None,
    *,
    tree: Backbone | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> pa.Table:
    """Return for each K, turnover and day what either stand knows on average, 0..1, and which knows more.

    `known_keep`, `known_give_up`; `difference` with `se` over the runs, which share landscapes, beginnings and links;
    `winner` as in `mapping`. `tell` gets runs done and to do. Raises ValueError for fewer than two runs.
    """
    held, tree = work or Work(), tree or regular_tree(5, 4)
    if held.runs < 2:
        raise ValueError("a standard error needs two runs")
    cells = list(product(held.k, held.turnover))
    known = np.zeros((len(cells), 2, held.runs, len(held.days)))
    for number in range(held.runs):

        def go(job: tuple[int, int], number: int = number) -> None:
            cell, side = job
            known[cell, side, number] = _know(tree, (keep, give_up)[side], held, cells[cell], number)

        side_by_side(go, product(range(len(cells)), range(2)))
        if tell is not None:
            tell(number + 1, held.runs)
    return _tabulate(held, cells, known)


def _know(tree: Backbone, stand: Stand, work: Work, cell: tuple[int, float], number: int) -> np.ndarray:
    k, turnover = cell
    pairs = draw_links(tree, lam=0.5, zeta=0.5, count=round(stand.links * tree.count), seed=work.seed * 1000 + number)
    links = make_links(tree, pairs)
    flows = _flows(tree, links, stand, work)
    stage = Stage(0, wire(tree, links.start, links.to), flows, make_units(tree.count))
    contents = _contents(tree, k, turnover, work, number)
    setting = Setting(tree, (stage,), days=max(work.days), contents=contents)
    return np.asarray(run(setting, seed=work.seed, number=number).known[np.array(work.days) - 1])


def _flows(tree: Backbone, links: Links, stand: Stand, work: Work) -> Flows:
    lower = np.flatnonzero(tree.parent >= 0)
    owner = np.repeat(np.arange(tree.count), np.diff(links.start))
    role = np.repeat([DIRECTIVE, REPORT, ACROSS], [len(lower), len(lower), len(owner)])
    creditor = np.concatenate([tree.parent[lower], tree.parent[lower], owner])
    debtor = np.concatenate([lower, lower, links.to])
    entry = np.concatenate([np.full(2 * len(lower), -1), np.arange(len(owner))])
    chance = np.where(role == ACROSS, work.across, stand.line)
    order = np.argsort(debtor, kind="stable")
    ends = role[order], creditor[order], debtor[order]
    return make_flows(*ends, chance=chance[order], entry=entry[order], rate=DAILY)


def _contents(tree: Backbone, k: int, turnover: float, work: Work, number: int) -> Contents:
    heights = find_heights(make_landscape(BITS, k, seed=work.seed, number=number))
    rng = np.random.default_rng(int(mixed(work.seed, number)) >> 1)
    z = rng.choice(np.array([-1, 1], np.int8), (tree.count, BITS))
    superior = np.where(np.diff(tree.first) > 0, turnover, 0.0)
    faced = face_best(heights / heights.max())
    return make_contents(
        z, np.ones(BITS, np.int8), heights=faced, p_down=work.p_down, p_up=work.p_up, turnover=superior
    )


def _tabulate(work: Work, cells: Sequence[tuple[int, float]], known: np.ndarray) -> pa.Table:
    rows = []
    for at, (k, turnover) in enumerate(cells):
        for when, day in enumerate(work.days):
            keep, give_up = known[at, 0, :, when], known[at, 1, :, when]
            gaps = keep - give_up
            gap, error = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
            winner = ALIKE if abs(gap) < SURE * error or gap == 0 else KEEP_LINE if gap > 0 else GIVE_UP_LINE
            rows.append(
                {"k": k, "turnover": turnover, "day": day, "known_keep": float(keep.mean()),
                 "known_give_up": float(give_up.mean()), "difference": gap, "se": error, "winner": winner}
            )  # fmt: skip
    return pa.Table.from_pylist(rows)
