"""`/expert/profile/absences`, `/expert/profile/bank-card`: what an expert keeps beside the profile, without vetting."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.committee.absences import add_absence, drop_absence
from engine.committee.bank_cards import save_bank_card
from engine.committee.profile import own_profile
from engine.errors import InvalidInput
from web.committee.asking import day_of, text_of
from web.committee.profile import Away, draw_own, draw_standing
from web.committee.profile_filling import URL, Card
from web.deps import POSTED, Form, command, query
from web.pages import flash, redirect

router = APIRouter()


@router.post(f"{URL}/absences")
def keep_absence(request: Request, form: Form = POSTED) -> Response:
    """不能参加的时间: one more, or one less."""
    dropped = text_of(form, "drop").partition("/")
    try:
        with command(request) as (tx, actor):
            if dropped[0]:
                drop_absence(tx, actor, dropped[0], dropped[2])
            else:
                add_absence(tx, actor, day_of(text_of(form, "from")), day_of(text_of(form, "to")))
    except InvalidInput as error:
        typed = {name: text_of(form, name) for name in ("from", "to")}
        with query(request) as (tx, actor):
            return draw_standing(request, tx, actor, own_profile(tx, actor), away=Away(typed, error.fields), status=422)
    flash(request, "已登记，抽取专家时会避开这些时间。" if not dropped[0] else "已删除。")
    return redirect(request, f"{URL}#absences")


@router.post(f"{URL}/bank-card")
def keep_bank_card(request: Request, form: Form = POSTED) -> Response:
    """银行卡号, kept apart from the profile and encrypted."""
    number = text_of(form, "bank_card")
    try:
        with command(request) as (tx, actor):
            save_bank_card(tx, actor, number)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            held = own_profile(tx, actor)
            return draw_own(request, tx, actor, held, Card(number, error.fields), 422)
    flash(request, "银行卡号已加密保存，只有您本人可以查看。" if number else "银行卡号已删除。")
    return redirect(request, f"{URL}#bank-card")
