"""报盘导入: another system's workbook of people read by a map of columns, and written as the one applicants are enrolled from."""

from collections.abc import Mapping

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.exchange.importing import REQUIRED
from engine.declaration.exchange.tables import Direction
from engine.declaration.exchange.templates import find_template
from engine.document.workbooks import Column, read_rows, write_workbook
from engine.errors import InvalidInput
from engine.organisation.people_import import MOST_ROWS, applicant_columns
from engine.organisation.queries import is_agency
from engine.reference import CodeBook

#: what a person who shows no kind of document has: an identity card
USUAL = "01"


def convert_workbook(tx: Transaction, actor: Actor, book: CodeBook, key: int, data: bytes) -> bytes:
    """The workbook 申报人帐号管理 takes, made of one whose columns the map names; what is wrong with its rows is said there.

    Kinds of document may stand as words or as codes; without a column they are identity cards. Raises `NotFound`,
    `NotAllowed`, `InvalidInput` for a file that is no such workbook.
    """
    authorize(actor, Permission.APPLICANTS_MANAGE)
    found = find_template(tx, actor, key)
    if found.row["direction"] is not Direction.IMPORT:
        raise InvalidInput("这个报盘模板用于导出，请选择用于导入的模板。")
    wanted = [Column(one["source"], one["title"], required=one["source"] in REQUIRED) for one in found.columns]
    target = applicant_columns(book, agency=is_agency(tx, actor.unit))
    rows = (_converted(row.values, book) for row in read_rows(data, wanted, most=MOST_ROWS))
    return write_workbook(target, rows, title="申报人")


def _converted(given: Mapping[str, str], book: CodeBook) -> dict[str, str]:
    return {**given, "identity_type": book.label("identity_type", given.get("identity_type") or USUAL)}
