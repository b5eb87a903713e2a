"""The one order, its signed heads, and the static tiles others can read."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.cast import T0, do, moment, new_loop, opening, who
from yunzhang.base.merkle import Frontier, leaf_hash, node_hash
from yunzhang.base.note import Signer, TreeHead, checkpoint_text, is_signed, read_checkpoint
from yunzhang.ground.ledger.actions import (
    day,
    find_checkpoint,
    find_verifier_key,
    list_checkpoints,
    seal,
    write_checkpoint,
    write_tiles,
)
from yunzhang.ground.ledger.store.tiles import tile_path
from yunzhang.ground.ledger.terms import Draft
from yunzhang.kit.home import Home, write_home


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(slow_root(leaves[:k]), slow_root(leaves[k:]))


@given(st.lists(st.binary(max_size=4), max_size=70), st.integers(0, 70))
def test_the_frontier_gives_the_root_of_rfc_6962(bodies: list[bytes], cut: int) -> None:
    leaves = [leaf_hash(body) for body in bodies]
    frontier = Frontier().extended(leaves[:cut]).extended(leaves[cut:])
    assert frontier.root() == slow_root(leaves)
    assert Frontier.unpacked(frontier.size, frontier.packed()) == frontier


def test_a_known_vector_of_certificate_transparency() -> None:
    bodies = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(body)) for body in bodies]
    assert Frontier().extended(leaves).root().hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


def test_a_checkpoint_is_signed_and_any_change_is_seen() -> None:
    signer = Signer("example.org/log", bytes(range(32)))
    note = signer.signed(checkpoint_text(TreeHead("example.org/log", 7, bytes(32))))
    assert read_checkpoint(note) == TreeHead("example.org/log", 7, bytes(32))
    assert is_signed(note, signer.name, signer.public)
    assert not is_signed(note.replace("\n7\n", "\n8\n"), signer.name, signer.public)
    assert not is_signed(note, signer.name, Signer(signer.name, bytes(32)).public)


def test_tile_addresses_follow_the_published_layout() -> None:
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path(1, 1234067, 17) == "tile/1/x001/x234/067.p/17"
    assert tile_path("entries", 1000) == "tile/entries/x001/000"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Home:
    home = Home(tmp_path / "home")
    write_home(home)
    settings.HOME = home
    return home


def note_many(count: int) -> None:
    loop = new_loop()
    do(who(), [opening(loop), *[Draft(loop.id, "commented")] * (count - 1)], at=T0)
    seal(T0)


@pytest.mark.django_db
def test_a_checkpoint_is_written_only_when_the_ledger_grew(home: Home) -> None:
    assert write_checkpoint(T0) is None
    note_many(3)
    first = find_checkpoint()
    assert first is not None
    assert first.size == 3
    assert write_checkpoint(moment(1)) is None
    assert [one.size for one in list_checkpoints()] == [3]
    name, _, key = find_verifier_key().split("+", 2)
    assert is_signed(first.note, name, b64decode(key)[1:])
    assert oct((home.keys / "ledger.ed25519").stat().st_mode)[-3:] == "600"


@pytest.mark.django_db
def test_a_day_ends_with_a_checkpoint_and_a_simulated_home_says_so(tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path / "demo", born="simulated")
    write_home(settings.HOME)
    loop = new_loop()
    with day(moment(24)):
        do(who(), [opening(loop), Draft(loop.id, "commented")], at=T0)
    found = find_checkpoint()
    assert found is not None
    assert (found.size, found.at) == (2, moment(24))
    assert "simulated" in found.note.split("\n", maxsplit=1)[0]


@pytest.mark.django_db
def test_tiles_grow_step_by_step_into_the_same_files_as_when_rebuilt(home: Home) -> None:
    for count in (5, 251, 300, 90):
        note_many(count)
        write_checkpoint(T0)
        write_tiles()
    grown = {str(file.relative_to(home.tiles)): file.read_bytes() for file in home.tiles.rglob("*") if file.is_file()}
    assert write_tiles(rebuild=True) == 646
    rebuilt = {str(file.relative_to(home.tiles)): file.read_bytes() for file in home.tiles.rglob("*") if file.is_file()}
    assert sorted(rebuilt) == sorted(
        [f"tile/{kind}/{n}" for kind in ("0", "entries") for n in ("000", "001", "002.p/134")]
        + ["tile/1/000.p/2", "checkpoint"]
    )
    assert {name: grown[name] for name in rebuilt} == rebuilt
