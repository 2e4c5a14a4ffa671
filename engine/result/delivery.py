"""证书及评审表 of many people as one archive, made by the worker (F4)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.looks import Looked, cases_outside, record_look
from engine.document import FileStore, Stored
from engine.document.archives import build_archive
from engine.document.seals import Seals
from engine.errors import InvalidInput
from engine.flow.batches import BatchKind, BatchView, ItemState, batch_rows, my_batches, start_batch
from engine.result.certificate_sheets import certificate_sheet, sealed_pdf
from engine.result.certificates import certificates_of, certificates_to_deliver, reviewed_declarations
from engine.result.handlings import handling_of
from engine.result.records import review_record
from engine.result.tables import review_result

KIND = "result_documents"


class Papers(StrEnum):
    """What is delivered: certificates, review records, or both."""

    CERTIFICATES = "certificates"
    RECORDS = "records"
    BOTH = "both"


LABELS = {Papers.CERTIFICATES: "职称证书", Papers.RECORDS: "评审表", Papers.BOTH: "职称证书和评审表"}


def deliver(
    tx: Transaction,
    actor: Actor,
    handling: int,
    papers: Papers,
    declarations: Collection[int] | None = None,
    *,
    command_key: str | None = None,
) -> int:
    """Let the worker make the papers of these people, or of everybody; the batch's key.

    Raises `InvalidInput` where there is nothing to make yet, `NotFound`, `NotAllowed`.
    """
    held = handling_of(tx, actor, handling)
    items: list[dict[str, Any]] = []
    if papers is not Papers.RECORDS:
        items += _certificates(tx, actor, handling, declarations)
    if papers is not Papers.CERTIFICATES:
        items += _records(tx, handling, declarations)
    if not items:
        raise InvalidInput("所选人员还没有可以生成的材料：证书在发文以后生成，评审表在结果办结以后生成。")
    numbered = [{**item, "number": number} for number, item in enumerate(items)]
    title = f"{held.meeting['name']}：{LABELS[papers]}（{len(numbered):,} 份）"
    for key in cases_outside(tx, actor, [item["declaration"] for item in items if "declaration" in item]):
        record_look(tx, actor, key, Looked.PRINT)
    params = {"handling": handling, "parts": uuid.uuid4().hex, "name": f"{held.meeting['name']}-{LABELS[papers]}"}
    return start_batch(tx, actor, kind=KIND, items=numbered, params=params, title=title, command_key=command_key)


def deliveries_of(tx: Transaction, actor: Actor, handling: int) -> list[BatchView]:
    """What the actor let make of this handling lately, the newest first."""
    mine = (one for one in my_batches(tx, actor) if one.row["kind"] == KIND)
    return [one for one in mine if one.row["params"].get("handling") == handling]


def _certificates(
    tx: Transaction, actor: Actor, handling: int, declarations: Collection[int] | None
) -> list[dict[str, Any]]:
    keys = certificates_to_deliver(tx, handling, declarations)
    return [
        {"certificate": row["key"], "title": f"{row['name']} {row['certificate_no']}", "url": f"/results/{handling}"}
        for row in certificates_of(tx, actor, keys)
    ]


def _records(tx: Transaction, handling: int, declarations: Collection[int] | None) -> list[dict[str, Any]]:
    r = review_result.c
    wanted = set(reviewed_declarations(tx, handling, declarations))
    query = sa.select(r.declaration, r.name, r.declaration_no).where(r.handling == handling).order_by(r.declaration_no)
    return [
        {
            "handling": handling,
            "declaration": row.declaration,
            "title": f"{row.name} {row.declaration_no}",
            "url": f"/declarations/{row.declaration}",
        }
        for row in tx.rows(query)
        if row.declaration in wanted
    ]


def make_one(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set one certificate or record and lay it beside the others."""
    if "certificate" in item:
        sheet, folder = certificate_sheet(tx, actor, item["certificate"]), LABELS[Papers.CERTIFICATES]
    else:
        sheet = review_record(tx, actor, item["handling"], item["declaration"])
        folder = LABELS[Papers.RECORDS]
    pdf = sealed_pdf(sheet, tx.service(Seals))
    tx.service(FileStore).put_part(params["parts"], item["number"], pdf)
    return {"name": f"{folder}/{sheet.name}.pdf"}


def pack_all(tx: Transaction, actor: Actor, batch: Mapping[str, Any]) -> Stored | None:
    """The archive of what was made; nothing where no row was."""
    store, parts = tx.service(FileStore), batch["params"]["parts"]
    made: Sequence[Any] = batch_rows(tx, actor, batch["key"], state=ItemState.DONE, size=None)
    if not made:
        return None

    def read(number: int) -> bytes:
        return store.read_part(parts, number)

    files = ((str((row.result or {})["name"]), lambda row=row: read(row.item["number"])) for row in made)
    packed = build_archive(store, batch["params"]["name"], files)
    store.drop_parts(parts)
    return packed


RESULT_DOCUMENTS = BatchKind("生成证书和评审表", make_one, pack=pack_all, reads_only=True)
