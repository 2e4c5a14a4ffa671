"""Certificates and review records: one as a PDF, many as an archive; and the public page that verifies a certificate (F4, J22)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.looks import Looked
from engine.declaration.sheets import Sheet
from engine.document.seals import Seals
from engine.errors import InvalidInput
from engine.reference import CodeLists
from engine.result.certificate_sheets import VERIFY, certificate_sheet, day_words, sealed_pdf
from engine.result.certificates import verify_certificate
from engine.result.delivery import Papers, deliver
from engine.result.records import review_record
from web.deps import POSTED, Form, Key, command, query
from web.looks import note_look
from web.pages import flash, page, redirect
from web.result.answers import file_answer
from web.result.notices import reading
from web.result.words import BASE, CERTIFICATE_STATES, title_words

router = APIRouter()

LONGEST_NUMBER, LONGEST_CODE = 40, 40


@router.get(VERIFY)
def show_verify(request: Request) -> Response:
    """What a certificate says, by its number and code; the QR code on it leads here."""
    number = request.query_params.get("number", "").strip()[:LONGEST_NUMBER]
    code = request.query_params.get("code", "").strip()[:LONGEST_CODE]
    with reading(request) as tx:
        found = verify_certificate(tx, number, code) if number and code else None
        words = "" if found is None else title_words(tx.service(CodeLists).book(tx, found.row["year"]), found.row)
    return page(
        request,
        "result/verify.html",
        number=number,
        code=code,
        asked=bool(number and code),
        found=found,
        title=words,
        obtained_on=day_words(found.row["obtained_on"]) if found else "",
        state=CERTIFICATE_STATES[found.state] if found else None,
    )


@router.get("/certificates/{key}/certificate.pdf")
def show_certificate(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        sheet = certificate_sheet(tx, actor, key)
        seals = tx.service(Seals)
    return _pdf(request, sheet, seals)


@router.get(BASE + "/{key}/records/{declaration}.pdf")
def show_record(request: Request, key: Key, declaration: Key) -> Response:
    with query(request) as (tx, actor):
        sheet = review_record(tx, actor, key, declaration)
        seals = tx.service(Seals)
        note_look(request, tx, actor, declaration, Looked.PRINT)
    return _pdf(request, sheet, seals)


@router.post(BASE + "/{key}/papers")
def make_papers(request: Request, key: Key, form: Form = POSTED) -> Response:
    """生成: of the ticked people (`ids`), or with `all` of everybody; `papers` says what."""
    wanted = str(form.get("papers", ""))
    papers = Papers(wanted) if wanted in set(Papers) else Papers.BOTH
    ticked = [int(one) for one in map(str, form.getlist("ids")) if one.isascii() and one.isdecimal() and len(one) < 19]
    try:
        with command(request) as (tx, actor):
            if not ticked and not form.get("all"):
                raise InvalidInput("没有选择人员，请先勾选，或者选择全部生成。")
            batch = deliver(tx, actor, key, papers, None if form.get("all") else ticked)
    except InvalidInput as error:
        flash(request, error.message, "bad")
        return redirect(request, f"{BASE}/{key}")
    return redirect(request, f"/batches/{batch}")


def _pdf(request: Request, sheet: Sheet, seals: Seals) -> Response:
    return file_answer(request, sealed_pdf(sheet, seals), f"{sheet.name}.pdf")
