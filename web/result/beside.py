"""The people of a handling beside the forms of its tasks, and where one goes on."""

from collections.abc import Mapping

from fastapi import Request

from engine.access import Actor
from engine.db import Transaction
from engine.result.delivery import deliveries_of
from engine.result.handlings import handling_of, people_of
from web.beside import Beside
from web.deps import code_book
from web.dossier import Part
from web.pages import environment
from web.result.handling import lines_of
from web.result.words import BASE

#: so many people stand beside a form; the page of the handling has them all
SHOWN = 50


def draw_handling(request: Request, tx: Transaction, actor: Actor, case_key: int) -> list[Part]:
    """The cards, those without anything to say left out."""
    held = handling_of(tx, actor, case_key)
    rows, total = people_of(tx, held, size=SHOWN)
    book = code_book(request, tx, held.row["year"])
    pieces = environment().get_template("result/_people.html").module
    counts, base = held.counts, f"{BASE}/{case_key}"
    note = f"通过 {counts.passed} 人，未通过 {counts.failed} 人" + (f"；前 {SHOWN} 人" if total > SHOWN else "")
    made = deliveries_of(tx, actor, case_key)
    notice = next((one for one in held.notices if one["withdrawn_at"] is None), None)
    cards = [
        ("评审结果", note, "people_table", (lines_of(book, rows), base)),
        ("证书及评审表", "", "delivery_list", (made,) if made else ()),
        ("异议", "", "objection_list", (held.objections,) if held.objections else ()),
        ("公示", "", "notice_pairs", (notice,) if notice else ()),
    ]
    return [Part(title, said, getattr(pieces, name)(*given)) for title, said, name, given in cards if given]


def home_of(case_key: int) -> str:
    return f"{BASE}/{case_key}"


_WORDS: Mapping[str, Mapping[str, str]] = {
    "result_publicity": {"publish": "公示已开始，通过人员已得到通知。公示期满后在这里结束公示。"},
    "result_publicity_end": {"end": "公示已结束，请上报评审结果；核查中的人员不随本批上报。"},
    "result_forwarding": {"forward": "评审结果已上报省职改办，等待审核。"},
    "result_approval": {"approve": "评审结果已审核，请登记发文。", "return": "已退回上报单位，补充后重新上报。"},
    "result_document": {"issue": "发文已登记，证书已编号，申报人已得到通知。"},
    "result_delivery": {"deliver": "证书和评审表已生成，可以关闭会议；关闭以后仍可下载。"},
    "result_closing": {"close": "会议已关闭，转入历史评审会议。"},
}

BESIDE: Mapping[str, Beside] = {form: Beside(draw_handling, home_of, words) for form, words in _WORDS.items()}
