"""Small organisations and logs drawn by hypothesis, nasty ones among them; and tables made of them."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import strategies as st

UNIT = ("id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports")
LOOP = ("loop", "kind", "creditor", "debtor", "opened_at", "due_at", "closed_at", "outcome", "confirmed", "programme")
MOMENTS = (
    "2026-01-01",
    "2026-01-01T00:00:00",
    "2026-01-01 09:30",
    "2026-01-05",
    "2026-01-05T08:00:00+08:00",
    "2026-01-05T00:00:00Z",
    "2026-01-05T16:00:00Z",
    "2026-01-06",
    "2026-02-10",
    "2026-02-10T23:59:59.999999",
    "2026-02-11T00:00:00+08:00",
    "2026-03-01",
)


def table(rows, columns):
    """Rows of dicts as an Arrow table of text."""
    return pa.table({name: pa.array([str(row.get(name, "")) for row in rows], pa.string()) for name in columns})


def without_loop(units):
    """The same units with guidance that would go in a circle taken away."""
    parent = {u["id"]: u["parent"] for u in units}
    guide = {u["id"]: u["guided_by"] for u in units}

    def above(x):
        out = [x]
        while parent.get(out[-1]):
            out.append(parent[out[-1]])
        return out

    for unit in units:
        seen, node = set(), unit["id"]
        while guide.get(node):
            upper = guide[node]
            if upper in above(node) or node in above(upper):
                break
            if node in seen:
                guide[node] = ""
                break
            seen.add(node)
            node = upper
    return [unit | {"guided_by": guide[unit["id"]]} for unit in units]


@st.composite
def organisations(draw, max_units=12, several=True):
    """Units of design §5's columns: one or several roots, odd jurisdictions, void guidance, outsiders."""
    count = draw(st.integers(1, max_units))
    names = [f"u{k}" for k in draw(st.permutations(range(count)))]
    units = []
    for k, name in enumerate(names):
        first = 0 if several else 1
        parent = "" if k == 0 else draw(st.sampled_from((["", *names[:k]])[first:] + names[max(0, k - 2) : k]))
        units.append({
            "id": name, "parent": parent, "name": f"单位{name}",
            "kind": draw(st.sampled_from(["government", "government", "department"])),
            "guided_by": draw(st.sampled_from(["", "", *[n for n in names if n != name]])),
            "jurisdiction": draw(st.sampled_from(["", "nowhere", *names])),
            "reports": draw(st.sampled_from(["", "yes", "no"])),
        })  # fmt: skip
    kinds = draw(st.lists(st.sampled_from(["enterprise", "organisation", "citizen", "external"]), max_size=4))
    outside = [
        {"id": f"x{k}", "parent": "", "guided_by": "", "kind": kind, "jurisdiction": "", "name": "", "reports": ""}
        for k, kind in enumerate(kinds)
    ]
    return draw(st.permutations(without_loop(units) + outside))


@st.composite
def loops_of(draw, units, max_rows=30):
    """Loop rows among these units; some nasty: unknown units, odd outcomes, rows of one thread, no dates."""
    ids = [u["id"] for u in units]
    rows = []
    for _ in range(draw(st.integers(0, max_rows))):
        if rows and draw(st.integers(0, 5)) == 0:
            row = dict(draw(st.sampled_from(rows)))
        else:
            row = {
                "loop": f"l{draw(st.integers(0, 20))}",
                "kind": draw(st.sampled_from(["directive", "report", "notice", "need", "contract", "consult"])),
                "creditor": draw(st.sampled_from([*ids, *ids, *ids, "ghost"])),
                "debtor": draw(st.sampled_from(ids)),
            }
        rows.append(row | {
            "opened_at": draw(st.sampled_from(MOMENTS[:8])),
            "due_at": draw(st.sampled_from(["", *MOMENTS])),
            "closed_at": draw(st.sampled_from(["", "", *MOMENTS])),
            "outcome": draw(st.sampled_from(["met", "met", "late", "refused", "withdrawn", "open", "", "done"])),
            "confirmed": draw(st.sampled_from(["", "yes", "yes", "no"])),
            "programme": draw(st.sampled_from(["", "信访", "信访", "营商环境"])),
        })  # fmt: skip
    return rows


def needs_of(units):
    """Need rows among these units and with the two classes."""
    inside = [u["id"] for u in units if u["kind"] in ("government", "department")]
    ids = [u["id"] for u in units]
    row = st.tuples(st.sampled_from(inside), st.sampled_from([*ids, "market", "society"]), st.sampled_from([0, 1, 2.5]))
    rows = st.lists(row, max_size=6).map(lambda found: [r for r in found if r[0] != r[1]])
    return rows.map(lambda found: [{"a": a, "b": b, "matters": m} for a, b, m in found])


def dues_of(units):
    """Due rows among these units."""
    inside = [u["id"] for u in units if u["kind"] in ("government", "department")]
    ids = [u["id"] for u in units]
    kinds = st.sampled_from(["directive", "report", "notice", "annual"])
    row = st.tuples(st.sampled_from(ids), st.sampled_from(inside), kinds, st.integers(0, 3))
    rows = st.lists(row, max_size=6).map(lambda found: [r for r in found if r[0] != r[1]])
    names = ("creditor", "debtor", "kind", "count")
    return rows.map(lambda found: [dict(zip(names, r, strict=True)) for r in found])
