"""评委清单, 通过清单, 未通过清单, 公示名单, 会议记录 as workbooks and PDFs (M8, F1, F2, J19, J29)."""

import json
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.document.seals import Seals
from engine.result.certificate_sheets import sealed_pdf
from engine.result.exports import Export, export_of
from engine.result.handlings import handling_of
from engine.result.reporting import certificate_report
from engine.result.sealed_record import sealed_record
from web.deps import Key, query
from web.result.answers import file_answer
from web.result.words import BASE

router = APIRouter()


@router.get(BASE + "/{key}/exports/{which}.{ending}")
def export(request: Request, key: Key, which: Export, ending: Literal["xlsx", "pdf"]) -> Response:
    with query(request) as (tx, actor):
        made = export_of(tx, actor, key, which)
        seals = tx.service(Seals)
    content = made.workbook() if ending == "xlsx" else sealed_pdf(made.sheet(), seals, tagged=True)
    return file_answer(request, content, f"{made.name}.{ending}")


@router.get(BASE + "/{key}/certificates.xlsx")
def report(request: Request, key: Key) -> Response:
    """报送职称证书, by the map that `template` names or the shipped one (W15)."""
    template = request.query_params.get("template", "")
    chosen = int(template) if template.isascii() and template.isdecimal() and len(template) < 19 else None
    with query(request) as (tx, actor):
        name, content = certificate_report(tx, actor, key, chosen)
    return file_answer(request, content, f"{name}.xlsx")


@router.get(BASE + "/{key}/sealed-record.json")
def seal(request: Request, key: Key) -> Response:
    """会议封存记录: `zhiping check --record` verifies it offline."""
    with query(request) as (tx, actor):
        name = handling_of(tx, actor, key).meeting["meeting_no"]
        record = sealed_record(tx, actor, key)
    content = json.dumps(record, ensure_ascii=False, indent=1).encode()
    return file_answer(request, content, f"会议封存记录-{name}.json")
