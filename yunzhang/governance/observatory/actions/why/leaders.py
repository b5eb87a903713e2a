"""Leader posts of the office and the edges below them, so that a gain can be told by post; a study has none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from yunzhang.base.clock import day_of
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty


@dataclass(frozen=True, slots=True)
class Leaders:
    """By node: titles of the posts that lead all edges below a unit; posts of a sector with the units they lead."""

    titles: dict[int, list[str]]
    sectors: dict[int, list[tuple[str, frozenset[int]]]]


def find_leaders(material: Material) -> Leaders:
    """Return the leader posts that stand over edges. A post of a sector leads the edges to the units of its sector."""
    tree = material.measured.tree
    if material.study:
        return Leaders({}, {})
    node = {material.number(tree.ids[x]): x for x in range(tree.count) if tree.ids[x].isdigit()}
    uppers = {int(x) for line in material.measured.charged.lines for x in line.up.tolist() if x >= 0}
    wanted = [number for number, x in node.items() if x in uppers]
    day = day_of(material.at)
    posts = [post for post in org.list_posts(wanted, on=day) if post.duty is Duty.LEADER]
    titles, sectors = defaultdict(list), defaultdict(list)
    chiefs = {post.id: post for post in posts if post.sector}
    for post in posts:
        if not post.sector:
            titles[node[post.unit]].append(post.title)
    for place in sorted({post.unit for post in chiefs.values()}):
        for sector in org.list_sectors(place, on=day):
            if sector.chief in chiefs:
                led = frozenset(node[unit] for unit in sector.units if unit in node)
                post = chiefs[sector.chief]
                sectors[node[post.unit]].append((post.title, led))
    return Leaders(dict(titles), dict(sectors))
