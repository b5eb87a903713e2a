"""`verify`: what is whole passes, and whatever single bit is flipped is found and named."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.ledger.cast import T0, do, moment, new_loop, opening, who
from yunzhang.base.merkle import leaf_hash
from yunzhang.ground.ledger.actions import find_checkpoint, seal, verify, write_checkpoint
from yunzhang.ground.ledger.store import triggers
from yunzhang.ground.ledger.terms import Draft, KeyMissing, Subject, Verb
from yunzhang.kit.home import Home, write_home

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Home:
    home = Home(tmp_path / "home")
    write_home(home)
    settings.HOME = home
    return home


@pytest.fixture
def ledger(home: Home) -> Home:
    """Six loops and one stream, two checkpoints, triggers lifted so that a test may do harm."""
    loops = [new_loop(due=moment(9)) for _ in range(6)]
    do(who(), [opening(loop, f"事项{i}") for i, loop in enumerate(loops)], at=T0)
    seal(T0)
    write_checkpoint(T0)
    for hours, verb in ((1, Verb.SIGNED), (2, "progress"), (3, Verb.ANSWERED)):
        do(who(), [Draft(loop.id, verb, texts={"text": "进展"}) for loop in loops], at=moment(hours + 0.001))
    stream = loops[0].subject
    do(who(), [Draft(stream, "renamed", subject=Subject(stream, "directives", "新题", "p"))], at=moment(5))
    seal(T0)
    write_checkpoint(moment(5))
    lift()
    return home


def lift() -> None:
    with connection.cursor() as cursor:
        for statement in triggers.drop_statements(connection.vendor):
            cursor.execute(statement)


def run(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def value(sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def whats(**options: Any) -> list[str]:
    """The faults found, triggers apart: the tests lift them."""
    return [str(fault.what) for fault in verify(**options).faults if "触发器" not in fault.what]


def test_an_empty_ledger_and_a_whole_one_pass(home: Home) -> None:
    assert verify().is_whole
    do(who(), [opening(new_loop())], at=T0)
    seal(T0)
    write_checkpoint(T0)
    report = verify()
    assert report.is_whole
    assert (report.entries, report.sealed, report.checkpoints, report.newest, report.first_bad) == (1, 1, 1, 1, None)


def test_the_fixture_is_whole(ledger: Home) -> None:
    assert whats() == []


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_of_one_entry_is_found_and_named(ledger: Home) -> None:
    entry = value("SELECT entry_id FROM ledger_sealed WHERE seq = 8")
    body = bytes(value("SELECT body FROM ledger_entry WHERE id = %s", entry))
    missed = []
    each = 1 if connection.vendor == "sqlite" else 31  # the rule is the same on PostgreSQL; a sample shows it there
    for bit in range(0, len(body) * 8, each):
        run("UPDATE ledger_entry SET body = %s WHERE id = %s", flipped(body, bit), entry)
        first = verify(is_deep=False).first_bad
        if first is None or first.seq != 8:
            missed.append(bit)
    assert not missed


@pytest.mark.parametrize(("table", "key", "column"), [("ledger_entry", "id", "body"), ("ledger_sealed", "seq", "leaf")])
def test_samples_of_flipped_bits_in_every_entry_are_found(ledger: Home, table: str, key: str, column: str) -> None:
    chance = random.Random(7)
    for seq in range(25):
        where = seq if key == "seq" else value("SELECT entry_id FROM ledger_sealed WHERE seq = %s", seq)
        raw = bytes(value(f"SELECT {column} FROM {table} WHERE {key} = %s", where))
        for bit in chance.sample(range(len(raw) * 8), 3):
            run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", flipped(raw, bit), where)
            first = verify(is_deep=False).first_bad
            assert first is not None
            assert first.seq == seq
        run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", raw, where)
    assert whats() == []


HARM: dict[str, str] = {
    "column step": "UPDATE ledger_entry SET step = 77 WHERE id = {entry}",
    "column verb": "UPDATE ledger_entry SET verb = 'signee' WHERE id = {entry}",
    "column at": "UPDATE ledger_entry SET acted_at = '2026-03-02 02:00:04' WHERE id = {entry}",
    "column unit": "UPDATE ledger_entry SET unit_id = 2 WHERE id = {entry}",
    "column post": "UPDATE ledger_entry SET post_id = NULL WHERE id = {entry}",
    "column person": "UPDATE ledger_entry SET person = 'q1' WHERE id = {entry}",
    "column on_behalf": "UPDATE ledger_entry SET on_behalf = 1 WHERE id = {entry}",
    "column ordinal": "UPDATE ledger_entry SET ordinal = 99 WHERE id = {entry}",
    "entry gone": "DELETE FROM ledger_entry WHERE id = {entry}",
    "number gone": "DELETE FROM ledger_sealed WHERE seq = 8",
    "number moved": "UPDATE ledger_sealed SET seq = 800 WHERE seq = 8",
    "text changed": "UPDATE ledger_text SET text = '进展。' WHERE entry_id = {entry}",
    "text's salt": "UPDATE ledger_text SET salt = '0123456789abcdef' WHERE entry_id = {entry}",
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_to_one_entry_is_named(ledger: Home, harm: str) -> None:
    entry = value("SELECT entry_id FROM ledger_sealed WHERE seq = 8")
    run(HARM[harm].format(entry=f"'{entry}'"))
    first = verify().first_bad
    assert first is not None
    assert first.seq == 8


LOOPS = {
    "kind": "'x'",
    "creditor": "9",
    "debtor": "9",
    "handled_by": "NULL",
    "authority": "''",
    "relation": "'region'",
    "axis": "'horizontal'",
    "programme": "'q'",
    "opened_at": "'2026-03-02 01:00:01'",
    "due_at": "NULL",
    "answered_at": "NULL",
    "closed_at": "'2026-03-02 01:00:01'",
    "outcome": "'met'",
    "state": "'closed'",
    "step": "3",
    "returns": "1",
    "extended": "1",
}


@pytest.mark.parametrize("column", LOOPS)
def test_a_loop_that_differs_from_its_replay_is_found(ledger: Home, column: str) -> None:
    loop = value("SELECT loop_id FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_sealed WHERE seq = 8)")
    run(f"UPDATE ledger_loop SET {column} = {LOOPS[column]} WHERE id = %s", loop)
    first = verify().first_bad
    assert first is not None
    assert "重放" in first.what


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("DELETE FROM ledger_loop WHERE step > 3 AND id = (SELECT MAX(id) FROM ledger_loop)", "重放"),
        ("UPDATE ledger_subject SET title = '别题'", "主题"),
        ("DELETE FROM ledger_subject", "主题"),
        ("UPDATE ledger_checkpoint SET note = replace(note, 'yunzhang', 'yunzhanh') WHERE size = 6", "检查点"),
        ("UPDATE ledger_checkpoint SET written_at = '2026-03-02 01:00:01' WHERE size = 6", "签名"),
        ("UPDATE ledger_head SET size = 20", "台账头"),
        ("UPDATE ledger_head SET origin = 'other'", "检查点"),
        ("DELETE FROM ledger_head", "台账头"),
        ("UPDATE ledger_head SET id = 0", "台账头"),
    ],
)
def test_harm_beside_the_entries_is_found(ledger: Home, sql: str, word: str) -> None:
    if connection.vendor == "postgresql":
        sql = sql.replace("MAX(id)", "MAX(id::text)::uuid")
    run(sql)
    assert any(word in what for what in whats())


NO_UTF8 = {
    "ledger_entry": "verb",
    "ledger_text": "text",
    "ledger_subject": "title",
    "ledger_loop": "kind",
    "ledger_checkpoint": "note",
}


@pytest.mark.parametrize("table", NO_UTF8)
def test_text_that_is_no_text_any_more_is_found_and_stops_nothing(ledger: Home, table: str) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL refuses such bytes")
    run(f"UPDATE {table} SET {NO_UTF8[table]} = CAST(x'61ff62' AS TEXT)")
    assert whats() != []


def forged(seq: int) -> None:
    """Change an entry consistently: body, columns and leaf; only the signed heads still know."""
    entry = value("SELECT entry_id FROM ledger_sealed WHERE seq = %s", seq)
    body = bytes(value("SELECT body FROM ledger_entry WHERE id = %s", entry)).replace(
        b'"person":"p1"', b'"person":"p2"'
    )
    run("UPDATE ledger_entry SET body = %s, person = 'p2' WHERE id = %s", body, entry)
    run("UPDATE ledger_sealed SET leaf = %s WHERE seq = %s", leaf_hash(body), seq)


def test_an_entry_changed_with_its_leaf_is_betrayed_by_the_signed_head_and_named_by_the_tiles(ledger: Home) -> None:
    from yunzhang.ground.ledger.actions import write_tiles

    write_tiles()
    forged(9)
    first = verify().first_bad
    assert first is not None
    assert (first.seq, "分片" in first.what) == (9, True)


def test_an_earlier_checkpoint_kept_elsewhere_must_be_a_prefix(ledger: Home) -> None:
    from yunzhang.ground.ledger.actions import list_checkpoints

    last, first = list_checkpoints()
    assert whats(against=first.note) == []
    run("DELETE FROM ledger_checkpoint WHERE size = %s", last.size)
    other = first.note.replace("\n6\n", "\n5\n")
    assert any("签名" in what for what in whats(against=other))
    assert any("不属于" in what for what in whats(against="nothing"))
    forged(0)
    assert any("树根" in what for what in whats(against=first.note))


def test_a_missing_key_is_said(ledger: Home) -> None:
    (ledger.keys / "ledger.ed25519").unlink()
    with pytest.raises(KeyMissing):
        verify()


def test_missing_triggers_are_said(ledger: Home) -> None:
    assert any("触发器" in fault.what for fault in verify().faults)


def test_a_text_may_be_erased(ledger: Home) -> None:
    run("DELETE FROM ledger_text")
    assert whats() == []


def test_an_entry_outside_the_order_is_found(ledger: Home) -> None:
    run("DELETE FROM ledger_sealed WHERE seq = 24")
    assert any("编号" in what or "短于" in what for what in whats())
    assert find_checkpoint() is not None


def test_a_stream_whose_step_was_skipped_is_found(ledger: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from yunzhang.ground.ledger.actions import recording

    honest: Callable[..., int] = recording._next_step
    monkeypatch.setattr(recording, "_next_step", lambda batch, draft: honest(batch, draft) + 1)
    stream = new_loop().subject
    do(who(), [Draft(stream, "named")], at=moment(6))
    seal(T0)
    assert whats() != []
