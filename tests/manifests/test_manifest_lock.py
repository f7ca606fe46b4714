"""`pcsync.lock.yaml`: its bytes, what a merge makes of it, and everything that is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import Lock, dump_lock, load_lock, parse_lock
from pcsync.model import Address, Place

PARTNER = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
ONE = "5b2a9c1e-77d0-4f3a-9a1e-3f6c2b8d9e10"
TWO = "3f9d2c77-0b1e-4a55-8f61-0c7a2d7e9b01"
FIRST, SECOND = "91d20aa4c1f0e6b2d7a95c3e8b4f1d60a2c7e935", "7" * 40
TEXT = f"""\
# written by pcsync: read it, merge it, do not edit it
version: 1
partner: {PARTNER}
applied:
  contoso: {FIRST}
  fabrikam: {SECOND}
ids:
  customer/contoso: {ONE}
  license/contoso/ana/Microsoft_365_Business_Basic_(no Teams): {ONE}
  user/contoso/ana: {TWO}
"""
HEAD = f"version: 1\npartner: {PARTNER}\n"


def address(text: str) -> Address:
    return Address.parse(text)


def problems(text: str) -> list[str]:
    with pytest.raises(ManifestProblems) as caught:
        parse_lock(text, "lock")
    return caught.value.lines()[:-1]


def test_what_is_written_is_read() -> None:
    found = parse_lock(TEXT, "lock")
    assert found.partner == PARTNER
    assert found.applied == {"contoso": (FIRST,), "fabrikam": (SECOND,)}
    assert found.ids[address("user/contoso/ana")] == TWO
    assert len(found.ids) == 3
    assert found.places["user/contoso/ana"] == Place("lock", 10, 3)
    assert dump_lock(found) == TEXT


def test_the_same_facts_give_the_same_bytes() -> None:
    ids = {address(f"user/contoso/u{at}"): ONE for at in range(9)}
    commits = {"contoso": (FIRST,), "adatum": (SECOND,)}
    one = dump_lock(Lock(PARTNER, commits, ids))
    other = dump_lock(Lock(PARTNER, dict(reversed(commits.items())), dict(reversed(ids.items()))))
    assert one == other


def test_nothing_known_leaves_no_empty_sections() -> None:
    text = dump_lock(Lock(PARTNER))
    assert text.splitlines()[1:] == ["version: 1", f"partner: {PARTNER}"]
    assert parse_lock(text, "lock") == Lock(PARTNER, {}, {})


def test_guids_are_compared_without_their_case() -> None:
    text = HEAD + f"ids:\n  customer/contoso: {ONE.upper()}\n  customer/contoso: {ONE}\n"
    assert parse_lock(text, "lock").ids == {address("customer/contoso"): ONE}


def test_no_file_is_no_lock(tmp_path: Path) -> None:
    assert load_lock(tmp_path) is None


def test_a_file_is_read_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pcsync.lock.yaml").write_text(TEXT, "utf-8")
    assert load_lock(tmp_path) == parse_lock(TEXT, "lock")


# --- what merges leave --------------------------------------------------------------------------


def test_the_same_address_twice_with_one_id_is_fine() -> None:
    text = TEXT + f"  user/contoso/ana: {TWO}\n"
    assert parse_lock(text, "lock") == parse_lock(TEXT, "lock")


def test_the_same_address_with_two_ids_names_both_lines() -> None:
    assert problems(TEXT + f"  user/contoso/ana: {ONE}\n") == [
        f"lock:11:3: `user/contoso/ana` has two ids: {ONE} here, {TWO} at lock:10:3; "
        "keep the line whose id is live, and take the other out"
    ]


def test_two_commits_of_a_customer_are_kept_for_whoever_knows_the_history() -> None:
    text = TEXT.replace(f"  fabrikam: {SECOND}\n", f"  contoso: {SECOND}\n  contoso: {FIRST}\n")
    found = parse_lock(text, "lock")
    assert found.applied == {"contoso": (FIRST, SECOND)}
    assert parse_lock(dump_lock(found), "lock") == found


def test_marks_of_a_merge_are_named() -> None:
    marked = f"<<<<<<< HEAD\n  a: {FIRST}\n=======\n  a: {SECOND}\n>>>>>>> other\n"
    (found,) = problems(HEAD + "applied:\n" + marked)
    assert found.startswith("lock:4:1: a merge that was not finished: git left its marks here;")
    assert "keep the lines of both sides and take out the marks" in found


class Repository:
    """A repository with a lock file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=f.lang", "-c", "user.email=f.lang@northwind.example"]
        return subprocess.run(
            ["git", *who, *words], cwd=self.folder, capture_output=True, text=True, check=False
        )

    def commit(self, text: str) -> None:
        (self.folder / "pcsync.lock.yaml").write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-qm", "x")


def branches(folder: Path, ours: Lock, theirs: Lock) -> Repository:
    """Two branches with a lock file each, from one start."""
    found = Repository(folder)
    found.commit(dump_lock(START))
    found.git("checkout", "-qb", "theirs")
    found.commit(dump_lock(theirs))
    found.git("checkout", "-q", "main")
    found.commit(dump_lock(ours))
    return found


def with_ids(lock: Lock, **ids: str) -> Lock:
    more = {address(f"user/{name}/new"): id_ for name, id_ in ids.items()}
    return Lock(lock.partner, lock.applied, {**lock.ids, **more})


START = Lock(
    PARTNER,
    {"adatum": (FIRST,)},
    {address(f"user/{name}/{who}"): ONE for name in ("adatum", "contoso") for who in "abcd"},
)


def test_git_merges_what_two_branches_found_out(tmp_path: Path) -> None:
    """ID14: a line is a fact, so what two branches wrote down is merged by git alone."""
    found = branches(tmp_path, with_ids(START, adatum=TWO), with_ids(START, contoso=TWO))
    merged = found.git("merge", "theirs", "-m", "merge")
    assert merged.returncode == 0, merged.stdout
    lock = load_lock(tmp_path)
    assert lock == with_ids(START, adatum=TWO, contoso=TWO)
    assert lock is not None
    assert dump_lock(lock) == (tmp_path / "pcsync.lock.yaml").read_text("utf-8")


def test_a_merge_that_keeps_both_sides_is_read(tmp_path: Path) -> None:
    """Both branches wrote next to each other: `merge=union` keeps all lines, in any order."""
    ours = Lock(PARTNER, {"adatum": (SECOND,)}, with_ids(START, contoso=TWO).ids)
    theirs = Lock(PARTNER, {"adatum": ("8" * 40,)}, with_ids(START, contoso=TWO, zeta=ONE).ids)
    found = branches(tmp_path, ours, theirs)
    (tmp_path / ".gitattributes").write_text("pcsync.lock.yaml merge=union\n")
    assert found.git("merge", "theirs", "-m", "merge").returncode == 0
    lock = load_lock(tmp_path)
    assert lock is not None
    assert sorted(lock.applied["adatum"]) == [SECOND, "8" * 40]
    assert lock.ids == with_ids(START, contoso=TWO, zeta=ONE).ids


def test_a_conflict_that_git_leaves_is_told(tmp_path: Path) -> None:
    found = branches(tmp_path, with_ids(START, contoso=TWO), with_ids(START, contoso=ONE))
    assert found.git("merge", "theirs", "-m", "merge").returncode == 1
    with pytest.raises(ManifestProblems) as caught:
        load_lock(tmp_path)
    assert "a merge that was not finished" in caught.value.lines()[0]


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,said",
    [
        ("", "lock:1:1: 0 documents where one belongs; restore it from git"),
        (f"version: 2\npartner: {PARTNER}\n", "lock:1:10: `version`: "),
        ("version: 1\n", "lock:1:1: `partner` is missing"),
        (HEAD + "colour: red\n", "lock:3:1: `colour`: unknown field"),
        (HEAD + "applied:\n  contoso: main\n", "lock:4:12: `applied.contoso`: `main` is not of"),
        (HEAD + "ids:\n  customer/contoso: x\n", "lock:4:21: `ids.customer/contoso`: `x` is not"),
        (HEAD + f"ids:\n  contoso: {ONE}\n", "lock:4:3: `contoso` is no address; write KIND/"),
        (HEAD + "version: 1\n", "lock:3:1: `version` stands here twice, first at lock:1:1"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    assert problems(text)[0].startswith(said), problems(text)
