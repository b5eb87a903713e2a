"""A slow, obvious measure of V and H: dicts and loops, written from the contract alone, sharing no code with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from math import prod, sqrt

ZONE = timezone(timedelta(hours=8))
OUTSIDE = {"enterprise", "organisation", "citizen", "external"}
PARTS = ["department", "region", "market", "society"]


def read(text, bare):
    if not text:
        return None
    if len(text) == 10:
        at = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        return at + timedelta(days=1) if bare == "end" else at
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


class Oracle:
    def __init__(self, units, loops, need=(), due=(), *, window=(None, None), as_of=None, term=30, tau=4.0,
                 parts=PARTS, covers=None, weights=(1, 1, 1, 1), programme=""):  # fmt: skip
        self.units = {u["id"]: u for u in units}
        self.weights = dict(zip(PARTS, weights, strict=True))
        loops = [row for row in loops if not programme or row["programme"] == programme]
        self.inside = [u["id"] for u in units if u["kind"] not in OUTSIDE]
        self.tau, self.parts, self.term = tau, parts, term
        tops = [u for u in self.inside if not self.units[u]["parent"]]
        self.star = len(tops) > 1
        self.real_parent = {u: self.units[u]["parent"] or None for u in self.inside}
        self.parent = dict(self.real_parent)
        if self.star:
            for u in tops:
                self.parent[u] = "*"
            self.parent["*"] = None
        self.guide = {}
        for u in self.inside:
            g = self.units[u]["guided_by"]
            if g and g not in self.up(u) and u not in self.up(g):
                self.guide[u] = g
        self.threads = self.read_threads(loops, window, as_of)
        self.need = [(n["a"], n["b"], float(n["matters"])) for n in need]
        self.due = [(d["creditor"], d["debtor"], d["kind"], float(d["count"])) for d in due]
        self.covers = set(covers) if covers is not None else self.seen_covers()
        self.collect()

    # --- tree
    def up(self, x):
        """x and everything above it."""
        out = [x]
        while self.parent.get(out[-1]) is not None:
            out.append(self.parent[out[-1]])
        return out

    def sub(self, r):
        return [x for x in self.parent if r in self.up(x)]

    def chain(self, x):
        out = []
        while x in self.guide:
            x = self.guide[x]
            out.append(x)
        return out

    def is_gov(self, x):
        return x in self.units and self.units[x]["kind"] == "government"

    def seat(self, x):
        cell = self.units[x]["jurisdiction"]
        if self.is_gov(cell):
            return cell
        real = [y for y in self.up(x) if y != "*"]
        return next((y for y in real if self.is_gov(y)), real[-1])

    def place(self, one, other, kind):
        """(relation, low, high) | (part, frozenset of blocks, superior) | (part, x, None)."""
        for x, y in ((one, other), (other, one)):
            if y in self.units and self.units[y]["kind"] in OUTSIDE:
                what = self.units[y]["kind"]
                if what == "enterprise":
                    return "market", x, None
                if what == "organisation":
                    return ("market" if kind in ("need", "offer", "contract") else "society"), x, None
                return ("society" if what == "citizen" else "region"), x, None
        if other in self.up(one):
            return "territorial", one, other
        if one in self.up(other):
            return "territorial", other, one
        if other in self.chain(one):
            return "functional", one, other
        if one in self.chain(other):
            return "functional", other, one
        a, b = self.seat(one), self.seat(other)
        part = "department" if a in self.up(b) or b in self.up(a) else "region"
        common = next(u for u in self.up(one) if u in self.up(other))
        blocks = frozenset(next(y for y in self.up(x) if self.parent[y] == common) for x in (one, other))
        return part, blocks, common

    # --- threads
    def read_threads(self, loops, window, as_of):
        self.aside = defaultdict(int)
        groups = defaultdict(list)
        moments = []
        for row in loops:
            opened, due = read(row["opened_at"], "start"), read(row["due_at"], "end")
            closed = read(row["closed_at"], "start")
            if closed and opened and len(row["closed_at"]) == 10 and opened.astimezone(ZONE).date() == closed.date():
                closed = max(opened, closed)
            moments += [m for m in (opened, due, closed) if m]
            if due is None:
                due = opened + timedelta(days=self.term)
            reason = self.why_aside(row, opened, due, closed)
            if reason:
                self.aside[reason] += 1
                continue
            groups[row["loop"], row["kind"], row["creditor"], row["debtor"]].append((due, closed, row))
        start = read(window[0], "start")
        to = read(window[1], "end") or max(moments, default=None)
        limits = [m for m in (to, read(as_of, "end")) if m]
        threads = []
        for (_, kind, creditor, debtor), group in groups.items():
            rows = [r for r in group if not (r[2]["outcome"] == "withdrawn" and (r[1] is None or r[1] <= r[0]))]
            if not rows:
                continue
            due = max(r[0] for r in rows)
            outcomes = [r[2]["outcome"] for r in rows]
            closings = [r[1] for r in rows if r[1]]
            if "refused" in outcomes or "withdrawn" in outcomes or any(r[2].get("confirmed") == "no" for r in rows):
                met = False
            elif not closings:
                met = all(o == "met" for o in outcomes)
            else:
                met = len(closings) == len(rows) and max(closings) <= due
            counts = (start is None or start < due) and all(due <= m for m in limits)
            threads.append((kind, creditor, debtor, met, counts))
        return threads

    def why_aside(self, row, opened, due, closed):
        a, b = row["creditor"], row["debtor"]
        if a not in self.units or b not in self.units:
            return "unknown_unit"
        if a == b:
            return "owed_to_itself"
        if a not in self.inside and b not in self.inside:
            return "both_outside"
        if row["outcome"] not in ("met", "late", "refused", "withdrawn", "open", ""):
            return "unknown_outcome"
        if opened and closed and closed < opened:
            return "closed_before_opened"
        if opened and due < opened:
            return "due_before_opened"
        return None

    def seen_covers(self):
        seen = set()
        for kind, creditor, debtor in [t[:3] for t in self.threads] + [(k, c, d) for c, d, k, _ in self.due]:
            line, low, _ = self.place(debtor, creditor, kind)
            if line in ("territorial", "functional") and low == debtor:
                seen.add(f"{line} {'report' if kind == 'report' else 'directive'}")
        return seen

    # --- what is charged where
    def collect(self):  # noqa: C901 - one loop after the other, as the contract reads
        asked, owed = defaultdict(float), defaultdict(float)
        self.s, self.n = defaultdict(float), defaultdict(float)
        met, seen, extra = defaultdict(float), defaultdict(float), defaultdict(float)
        self.home = []  # charged threads: the node whose sub-tree first holds them
        for kind, creditor, debtor, ok, counts in self.threads:
            if not counts:
                continue
            line, low, high = self.place(debtor, creditor, kind)
            if line in ("territorial", "functional"):
                if low == debtor:
                    kind_class = "report" if kind == "report" else "directive"
                    asked[line, low, kind_class, creditor, kind] += 1
                    self.s[line, low, kind_class] += ok
                    upper = self.guide.get(low) if line == "functional" else self.real_parent[low]
                    self.home.append((low, upper, kind))
            else:
                pair = (line, low, high)
                seen[pair] += 1
                met[pair] += ok
                self.home.append((low if high is None else high, None, kind))
        for creditor, debtor, kind, count in self.due:
            line, low, high = self.place(debtor, creditor, kind)
            if line in ("territorial", "functional"):
                if low == debtor:
                    owed[line, low, "report" if kind == "report" else "directive", creditor, kind] += count
            else:
                extra[line, low, high] += count
        for key in {*asked, *owed}:
            self.n[key[:3]] += max(asked[key], owed[key])
        self.needed = set()
        for a, b, matters in self.need:
            where = (b, a, None) if b in ("market", "society") else self.place(a, b, "")
            if where[0] in PARTS:
                extra[where] += matters
                self.needed.add(where[0])
        self.pairs = {p: (met[p], max(seen[p], extra[p])) for p in {*seen, *extra}}
        self.pairs = {p: v for p, v in self.pairs.items() if v[1] > 0}

    # --- V
    def v(self, r):
        values = {}
        for line in ("territorial", "functional"):
            if line == "territorial" or {f"{line} directive", f"{line} report"} & self.covers:
                values[line] = self.paths(r, line)
        means = {line: sum(v) / len(v) if v else None for line, v in values.items()}
        both = [v for line in values.values() for v in line]
        return sum(both) / len(both) if both else None, means.get("territorial"), means.get("functional")

    def paths(self, r, line):
        members = set(self.sub(r))
        up = self.real_parent if line == "territorial" else self.guide
        edges = [x for x in members if up.get(x) in members]
        v = self.edge_values(line, edges)
        out = []
        for x in edges:
            node, factors = x, []
            while node in v:
                factors.append(v[node])
                node = up[node]
            out.append(prod(factors) ** (1 / len(factors)))
        return out

    def edge_values(self, line, edges):
        reports = f"{line} report" in self.covers
        owing = [x for x in edges if self.units[x].get("reports") != "no"]
        p = self.rates(line, "directive", edges)
        rep = self.rates(line, "report", owing)
        if f"{line} directive" not in self.covers:
            return dict.fromkeys(edges, 0.0)
        return {x: sqrt(p[x] * rep[x]) if reports and x in rep else p[x] for x in edges}

    def rates(self, line, kind_class, edges):
        s = {x: self.s[line, x, kind_class] for x in edges}
        n = {x: max(1.0, self.n[line, x, kind_class]) for x in edges}
        if not edges:
            return {}
        pi, out = sum(s.values()) / sum(n.values()), {}
        for x in edges:
            level = [y for y in edges if len(self.up(y)) == len(self.up(x))]
            pi_l = (sum(s[y] for y in level) + self.tau * pi) / (sum(n[y] for y in level) + self.tau)
            out[x] = (s[x] + self.tau * pi_l) / (n[x] + self.tau)
        return out

    # --- H
    def ought(self, r, part):
        members = self.sub(r)
        below = [x for x in members if x != r]
        if part in ("market", "society"):
            return [x for x in members if self.is_gov(x)] or [r]
        group = [x for x in below if self.is_gov(x) == (part == "region")]
        return [x for x in group if any(y != x and self.parent[y] == self.parent[x] for y in group)]

    def h_part(self, r, part):
        members, ought = set(self.sub(r)), self.ought(r, part)
        blocks = defaultdict(lambda: [0.0, 0.0])
        for (name, where, superior), (f, n) in self.pairs.items():
            if name != part:
                continue
            if superior is None:
                if where not in members:
                    continue
                near = [y for y in self.up(where) if y in members and self.is_gov(y)]
                charged = [near[0] if near else r]
            elif superior in members:
                charged = [x for x in where if x in ought] or list(where)
            else:
                continue
            for x in charged:
                blocks[x][0] += f
                blocks[x][1] += n
        if part not in self.needed:
            for x in ought:
                blocks[x]
        if not blocks:
            return None
        full = {x: (f, max(1.0, n)) for x, (f, n) in blocks.items()}
        pi = sum(f for f, _ in full.values()) / sum(n for _, n in full.values())
        return sum((f + self.tau * pi) / (n + self.tau) for f, n in full.values()) / len(full)

    def h(self, r):
        by_part = {part: self.h_part(r, part) for part in PARTS}
        there = {part: v for part, v in by_part.items() if part in self.parts and v is not None and self.weights[part]}
        total = sum(self.weights[part] for part in there)
        return (sum(self.weights[part] * v for part, v in there.items()) / total if there else None), by_part

    def figures(self):
        out = {}
        for r in self.parent:
            members = set(self.sub(r))
            if len(members) < 2:
                continue
            v, v_t, v_f = self.v(r)
            h, parts = self.h(r)
            inner = [kind for low, up, kind in self.home if low in members and (up is None or up in members)]
            loops, reports = len(inner), sum(kind == "report" for kind in inner)
            row = {
                "reports": reports,
                "V": v,
                "V_territorial": v_t,
                "V_functional": v_f,
                "H": h,
                "loops": loops,
                "units": len(members),
            }
            out[r] = row | {f"H_{part}": value for part, value in parts.items()} | {"level": len(self.up(r)) - 1}
        return dict(sorted(out.items()))
