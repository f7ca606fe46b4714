"""`pcsync emulator seed`: what is in an estate, that it repeats, and the files it is written to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pcsync.cli.main import run
from pcsync.emulator import StateFile, World, estate, load_world, running, stock
from pcsync.emulator.dump import dump
from pcsync.emulator.estate import Size
from pcsync.emulator.seats import pools

from .wire import Wire

SIZE = Size(customers=150, users=8, subscriptions=4, seed=7)
WORDS = [
    "--customers",
    "150",
    "--users-per-customer",
    "8",
    "--subscriptions-per-customer",
    "4",
    "--seed",
    "7",
]


@pytest.fixture(scope="module")
def world() -> World:
    return load_world({**estate.head(SIZE), "customers": list(estate.customers(SIZE))})


def seed(path: Path, *words: str, out: str = "--out") -> int:
    return run(["emulator", "seed", *words, out, str(path)])


def test_all_forms_are_the_same_estate(tmp_path: Path, world: World) -> None:
    whole = dump(world)
    for name in ("world.yaml", "world.json"):
        assert seed(tmp_path / name, *WORDS) == 0
        assert dump(load_world(tmp_path / name)) == whole
    assert seed(tmp_path / "state.db", *WORDS, out="--state") == 0
    file = StateFile(tmp_path / "state.db")
    kept = file.load().world
    assert dump(kept) == whole
    assert kept == world
    assert dump(load_world(file.first())) == whole
    file.close()
    assert len([*tmp_path.iterdir()]) == 3


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name, words in (("a", WORDS), ("b", WORDS), ("c", [*WORDS, "--seed", "8"])):
        assert seed(tmp_path / f"{name}.yaml", *words) == 0
        texts.append((tmp_path / f"{name}.yaml").read_bytes())
    assert texts[0] == texts[1] != texts[2]


def test_a_larger_estate_begins_like_a_smaller_one() -> None:
    larger = Size(200, SIZE.users, SIZE.subscriptions, SIZE.seed)
    assert [*estate.customers(larger)][:150] == [*estate.customers(SIZE)]


def test_the_counts_are_as_asked(world: World) -> None:
    rows = [*world.customers.values()]
    assert len(rows) == 150
    assert {len(row.users) for row in rows} == {8}
    assert {len(row.subscriptions) for row in rows} == {4}


def test_names_are_examples_and_products_are_in_stock(world: World) -> None:
    for row in world.customers.values():
        brand = row.domain.partition(".")[0].rstrip("0123456789")
        assert brand in ("contoso", "fabrikam", "adatum", "northwind")
        assert all(user.upn.endswith(f"@{row.domain}") for user in row.users.values())
        assert all(sub.product in stock.items() for sub in row.subscriptions.values())


def test_licences_are_within_the_seats(world: World) -> None:
    units = [unit for row in world.customers.values() for unit in pools(row).values()]
    assert all(unit.available >= 0 for unit in units)
    assert any(unit.available == 0 < unit.consumed for unit in units)
    held = sum(
        len(user.licenses) for row in world.customers.values() for user in row.users.values()
    )
    assert held > 150 * 4


def test_there_is_some_of_everything(world: World) -> None:
    rows = [*world.customers.values()]
    states = Counter(sub.status for row in rows for sub in row.subscriptions.values())
    assert states["active"] > 10 * max(states["suspended"], states["expired"])
    assert min(states["suspended"], states["expired"]) > 3
    assert 20 < sum(row.budget is not None for row in rows) < 80
    assert 0 < sum(not row.delegation for row in rows) < 20
    assert sum(row.spent(world.clock.now()) > 0 for row in rows) > 0
    assert any(not sub.auto_renew for row in rows for sub in row.subscriptions.values())


@pytest.mark.parametrize("size", [Size(0, 3, 3), Size(3, 0, 0), Size(3, 5, 0), Size(3, 0, 5)])
def test_empty_parts_are_fine(tmp_path: Path, size: Size) -> None:
    words = ["--customers", str(size.customers), "--users-per-customer", str(size.users)]
    words += ["--subscriptions-per-customer", str(size.subscriptions)]
    for name in ("world.yaml", "world.json"):
        assert seed(tmp_path / name, *words) == 0
        rows = load_world(tmp_path / name).customers.values()
        assert sum(len(row.users) for row in rows) == size.customers * size.users
        assert sum(len(row.subscriptions) for row in rows) == size.customers * size.subscriptions


def test_a_seeded_state_serves(tmp_path: Path) -> None:
    assert seed(tmp_path / "state.db", "--customers", "3", out="--state") == 0
    file = StateFile(tmp_path / "state.db")
    with running(None, file) as emulator:
        pc = Wire(emulator.url)
        customers = pc.get("/v1/customers")["items"]
        listed = pc.get(f"/v1/customers/{customers[0]['id']}/subscriptions")
        assert (len(customers), listed["totalCount"]) == (3, 5)
        pc.control("POST", "reset")
        assert pc.get("/v1/customers")["items"] == customers
        pc.session.close()
    file.close()


def test_where_to_write_has_to_be_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["emulator", "seed"]) == 64
    both = ["--out", str(tmp_path / "a.yaml"), "--state", str(tmp_path / "a.db")]
    assert run(["emulator", "seed", *both]) == 64
    assert "either --out or --state" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_a_state_that_exists_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.db"
    assert seed(path, "--customers", "1", out="--state") == 0
    before = path.read_bytes()
    assert seed(path, "--customers", "2", out="--state") == 64
    assert "has a state already" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert seed(tmp_path / "missing" / "world.yaml", "--customers", "1") == 1
