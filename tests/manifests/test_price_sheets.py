"""Price sheets: the documented columns, what matters of them, and what is wrong with a file."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import load_prices, sheet_files
from pcsync.model import Sheet

HEAD = (
    "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration,"
    "BillingPlan,Market,Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax,"
    "EffectiveStartDate,EffectiveEndDate,Tags,ERP Price"
)
PRODUCT = "CFQ7TTC0LCHC:0002"


def line(
    product: str = "CFQ7TTC0LCHC",
    sku: str = "2",
    price: str = "277.20",
    starts: str = "2026-11-01T00:00:00.0000000Z",
    ends: str = "9999-12-31T23:59:59.0000000Z",
    tiers: str = ",",
    currency: str = "EUR",
) -> str:
    title = '"Microsoft 365, Business"'
    return (
        f'{title},{product},{sku},Business Premium,Microsoft Corporation,"A suite, with ""quotes"""'
        f",1 License,P1Y,Monthly,DE,{currency},{price},{tiers},{starts},{ends},,346.50"
    )


def write(folder: Path, *lines: str, name: str = "prices/2026-11/DE.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *lines, ""]), "utf-8")
    return path


def problems(path: Path, root: Path) -> list[str]:
    with pytest.raises(ManifestProblems) as caught:
        load_prices([path], [PRODUCT], root=root)
    return [str(problem) for problem in caught.value.problems]


def test_a_row_as_it_comes(tmp_path: Path) -> None:
    path = write(tmp_path, line(tiers="1,299"))
    found = load_prices([path], [PRODUCT], "EUR", tmp_path)
    (row,) = found.rows[PRODUCT]
    begins = datetime(2026, 11, 1, tzinfo=UTC)
    assert found.sheets == (Sheet("prices/2026-11/DE.csv", "2026-11", begins),)
    assert row.sheet == found.sheets[0]
    assert (row.product, row.market, row.currency) == (PRODUCT, "DE", "EUR")
    assert (row.term, row.cycle, row.unit) == ("P1Y", "monthly", Decimal("277.20"))
    assert (row.begins, row.ends.year) == (begins, 9999)
    assert (row.least, row.most, row.title) == (1, 299, "Business Premium")


def test_a_mark_at_the_beginning_is_no_part_of_the_head(tmp_path: Path) -> None:
    path = write(tmp_path, line())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_prices([path], [PRODUCT]).rows


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    head = (
        "UnitPrice,Currency,Market,BillingPlan,TermDuration,SkuId,ProductId,EffectiveEndDate,"
        "EffectiveStartDate"
    )
    path = write(
        tmp_path, "1.50,EUR,de,Annual,P1Y,0002,cfq7ttc0lchc,2026-11-30,2026-11-01", head=head
    )
    (row,) = load_prices([path], [PRODUCT]).rows[PRODUCT]
    assert (row.unit, row.market, row.cycle) == (Decimal("1.50"), "DE", "annual")
    assert row.ends == datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


def test_only_what_matters_is_kept(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        line(),
        line(currency="GBP"),
        line(product="CFQ7TTC0ZZZZ"),
        line(sku="3"),
        line(product="CFQ7TTC0ZZZZ", price="nothing", starts="never"),
    )
    found = load_prices([path], [PRODUCT], "EUR")
    assert {product: len(rows) for product, rows in found.rows.items()} == {PRODUCT: 1}
    assert len(load_prices([path], [PRODUCT]).rows[PRODUCT]) == 2


@pytest.mark.parametrize(
    "name, month",
    [
        ("prices/2026-11/DE.csv", "2026-11"),
        ("202612_DE.csv", "2026-12"),
        ("2025/2026-01.csv", "2026-01"),
        ("DE.csv", ""),
        ("2026-13/DE.csv", ""),
        ("12026-11.csv", ""),
    ],
)
def test_the_month_of_a_sheet_is_in_its_path(tmp_path: Path, name: str, month: str) -> None:
    path = write(tmp_path, line(), name=name)
    (sheet,) = load_prices([path], [PRODUCT], root=tmp_path).sheets
    assert sheet.month == month


@pytest.mark.parametrize(
    "wrong, column, said",
    [
        (line(price="free"), 12, "UnitPrice `free` is no price"),
        (line(price="-1"), 12, "UnitPrice `-1` is no price"),
        (line(price="NaN"), 12, "UnitPrice `NaN` is no price"),
        (line(price="277\u00a0€"), 12, "is no price"),
        (line(starts="11/1/2026"), 15, "EffectiveStartDate `11/1/2026` is no date"),
        (line(starts=""), 15, "EffectiveStartDate `` is no date"),
        (line(ends="soon"), 16, "EffectiveEndDate `soon` is no date"),
        (line(tiers="many,"), 13, "PricingTierRangeMin `many` is no number of seats"),
        ("a,b,c", 3, "3 columns where the head has 18"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(
    tmp_path: Path, wrong: str, column: int, said: str
) -> None:
    path = write(tmp_path, line(), wrong)
    (problem,) = problems(path, tmp_path)
    assert problem.startswith(f"prices/2026-11/DE.csv:3:{column}: ")
    assert said in problem


def test_what_is_no_price_sheet(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, head="CurrencyCode,USDPerUnit,Month"), tmp_path)
    assert "DE.csv:1:1: no price sheet: its head lacks ProductId, SkuId" in problem
    path = tmp_path / "prices/2026-11/DE.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    (problem,) = problems(path, tmp_path)
    assert "DE.csv:1:1: not UTF-8 text; save it again as it came" in problem
    path.write_text(f'{HEAD}\n"never closed', "utf-8")
    (problem,) = problems(path, tmp_path)
    assert "not CSV" in problem
    path.unlink()
    (problem,) = problems(path, tmp_path)
    assert "can't be read: no such file" in problem


def test_a_hopeless_file_is_not_told_a_hundred_thousand_times(tmp_path: Path) -> None:
    path = write(tmp_path, *([line(price="?")] * 500))
    assert len(problems(path, tmp_path)) == 20


def test_the_files_of_a_pattern(tmp_path: Path) -> None:
    here = write(tmp_path, line())
    there = write(tmp_path, line(), name="prices/2026-12/AT.csv")
    (tmp_path / "prices/2026-12/notes.txt").write_text("", "utf-8")
    assert sheet_files(tmp_path, ["prices/*/*.csv", "prices/2026-11/DE.csv"]) == [here, there]
    assert sheet_files(Path("/"), [str(there)]) == [there]
    with pytest.raises(ManifestProblems) as caught:
        sheet_files(tmp_path, ["prices/*/*.csv", "sheets/*.csv", "old/*.csv"])
    assert [problem.what for problem in caught.value.problems] == [
        "no file matches old/*.csv",
        "no file matches sheets/*.csv",
    ]


def test_a_sheet_of_a_hundred_thousand_rows_is_read_in_a_moment(tmp_path: Path) -> None:
    other = line(product="CFQ7TTC0ZZZZ")
    path = write(tmp_path, *([other] * 100_000), line())
    start = time.process_time()
    found = load_prices([path], [PRODUCT])
    assert time.process_time() - start < 3
    assert len(found.rows[PRODUCT]) == 1
