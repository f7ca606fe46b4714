"""Price sheets: CSV files of Partner Center to rows, of the products that matter only.

Owns the documented columns (insight.md 5.1) and what is wrong with a file, by line and column. A
sheet has a hundred thousand rows: it is read as a stream, and most rows are passed over by their
product alone. Must not import yaml, jsonschema or click.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol, TypeVar

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.words import visible
from pcsync.model import Place, PriceRow, Prices, Sheet
from pcsync.values import moment, word

T = TypeVar("T")

NEEDED = (
    "ProductId",
    "SkuId",
    "TermDuration",
    "BillingPlan",
    "Market",
    "Currency",
    "UnitPrice",
    "EffectiveStartDate",
    "EffectiveEndDate",
)
OPTIONAL = ("ProductTitle", "SkuTitle", "PricingTierRangeMin", "PricingTierRangeMax", "Tags")
MONTH = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?!\d)")
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
SKU_DIGITS = 4
MOST_PROBLEMS = 20
SAVE = "save it again as it came from Partner Center: CSV, UTF-8, with its head"


class _Reader(Protocol):
    """What `csv.reader` gives: rows, and the line of the file that the last one ends in."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class _Wrong(Exception):
    """A value that is none, in the column of this name."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(what)
        self.column, self.what = column, what


@dataclass(frozen=True, slots=True)
class _Line:
    """One row as text, by the names of its columns."""

    cells: Sequence[str]
    at: Mapping[str, int]

    def text(self, name: str) -> str:
        """The text of a column; empty where the sheet does not have it."""
        number = self.at.get(name)
        return self.cells[number].strip() if number is not None else ""


def sheet_files(directory: Path, patterns: Sequence[str]) -> list[Path]:
    """The files that match, sorted. Raises ManifestProblems for a pattern that matches none."""
    found, missing = set[Path](), list[str]()
    for pattern in patterns:
        root = Path(pattern).anchor
        base = Path(root) if root else directory
        matched = base.glob(str(Path(pattern).relative_to(root)))
        files = [path for path in matched if path.is_file()]
        found.update(files)
        if not files:
            missing.append(pattern)
    if missing:
        place = Place((directory / "pcsync.yaml").as_posix(), 1, 1)
        advice = "put the price sheets there, or correct `prices` in pcsync.yaml"
        raise ManifestProblems(
            [Problem(place, f"no file matches {pattern}", advice) for pattern in missing]
        )
    return sorted(found)


def load_prices(
    files: Sequence[Path],
    products: Collection[str],
    currency: str | None = None,
    root: Path | None = None,
) -> Prices:
    """The rows of these products, each ``productId:skuId``, in this currency (None: in any).

    Names of sheets are relative to `root`. Raises ManifestProblems with what is wrong in all files.
    """
    wanted = {product.upper() for product in products}
    rows: dict[str, list[PriceRow]] = defaultdict(list)
    sheets, problems = list[Sheet](), list[Problem]()
    for path in files:
        sheet, found, wrong = _read(path, _name(path, root), wanted, currency)
        problems += wrong
        sheets.append(sheet)
        for row in found:
            rows[row.product].append(row)
    if problems:
        raise ManifestProblems(problems)
    return Prices({product: tuple(rows[product]) for product in sorted(rows)}, tuple(sheets))


def _read(
    path: Path, name: str, wanted: Collection[str], currency: str | None
) -> tuple[Sheet, list[PriceRow], list[Problem]]:
    rows, problems = list[PriceRow](), list[Problem]()
    blank = Sheet(name, month_of(name))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in _rows(csv.reader(file, strict=True), blank, wanted, currency):
                if isinstance(row, Problem):
                    problems.append(row)
                    if len(problems) == MOST_PROBLEMS:
                        break
                else:
                    rows.append(row)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        problems.append(_at(name, 1, 1, f"can't be read: {reason}", "check the path"))
    except UnicodeDecodeError:
        problems.append(_at(name, 1, 1, "not UTF-8 text", SAVE))
    latest = max((row.begins for row in rows), default=None)
    sheet = Sheet(name, blank.month, latest)
    return sheet, [replace(row, sheet=sheet) for row in rows], problems


def month_of(name: str) -> str:
    """The month that a path names, ``2026-11``, the last where it names several; else empty."""
    found = MONTH.findall(name)
    return "-".join(found[-1]) if found else ""


def _rows(
    reader: _Reader,
    sheet: Sheet,
    wanted: Collection[str],
    currency: str | None,
) -> Iterator[PriceRow | Problem]:
    """The rows that matter, and what is wrong with them."""
    line = 1
    try:
        head = [cell.strip() for cell in next(reader, [])]
        at = {name: number for number, name in enumerate(head)}
        if missing := [name for name in NEEDED if name not in at]:
            what = f"no price sheet: its head lacks {', '.join(missing)}"
            yield _at(sheet.name, 1, 1, what, SAVE)
            return
        product, sku = at["ProductId"], at["SkuId"]
        money = at["Currency"]
        for cells in reader:
            line = reader.line_num
            if not cells:
                continue
            if len(cells) < len(head):
                what = f"{len(cells)} columns where the head has {len(head)}"
                yield _at(sheet.name, line, len(cells), what, SAVE)
                continue
            key = f"{cells[product]}:{cells[sku].zfill(SKU_DIGITS)}".upper()
            if key not in wanted or (currency and cells[money] != currency):
                continue
            yield _row(_Line(cells, at), key, sheet, line)
    except csv.Error as error:
        yield _at(sheet.name, line + 1, 1, f"not CSV: {error}", SAVE)


def _row(line: _Line, product: str, sheet: Sheet, number: int) -> PriceRow | Problem:
    try:
        return PriceRow(
            product,
            line.text("Market").upper(),
            line.text("Currency").upper(),
            line.text("TermDuration").upper(),
            word(line.text("BillingPlan")),
            _cell(line, "UnitPrice", _price, "no price: write it like 277.20"),
            _cell(line, "EffectiveStartDate", _moment, "no date: write it like 2026-11-01"),
            _cell(line, "EffectiveEndDate", _end, "no date: write it like 2026-11-30"),
            sheet,
            line.text("SkuTitle") or line.text("ProductTitle"),
            line.text("Tags"),
            _cell(line, "PricingTierRangeMin", _seats, "no number of seats"),
            _cell(line, "PricingTierRangeMax", _seats, "no number of seats"),
        )
    except _Wrong as wrong:
        place = Place(sheet.name, number, line.at[wrong.column] + 1)
        said = f"{wrong.column} `{visible(line.text(wrong.column))}` is {wrong.what}"
        return Problem(place, said, "correct the row; columns are counted from 1")


def _cell(line: _Line, name: str, read: Callable[[str], T], what: str) -> T:
    try:
        return read(line.text(name))
    except (ValueError, InvalidOperation, OverflowError):
        raise _Wrong(name, what) from None


def _price(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or found < 0:
        raise ValueError(text)
    return found


def _moment(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise ValueError(text)
    return found


def _end(text: str) -> datetime:
    """The last moment; a day counts as a whole, nothing means for ever."""
    if not text:
        return FOR_EVER
    found = _moment(text)
    return found.replace(hour=23, minute=59, second=59) if len(text) == len("2026-11-30") else found


def _seats(text: str) -> int | None:
    return int(Decimal(text)) if text else None


def _name(path: Path, root: Path | None) -> str:
    shown = path
    with suppress(ValueError):
        shown = path.resolve().relative_to((root or Path()).resolve())
    return visible(shown.as_posix())


def _at(name: str, line: int, column: int, what: str, advice: str) -> Problem:
    return Problem(Place(name, line, column), what, advice)
