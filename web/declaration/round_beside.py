"""The round of a task beside its form: who is in it, its publicity, its objections, its panel."""

from collections.abc import Mapping

from fastapi import Request

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.recommendation.publicity import publicity_words
from engine.declaration.recommendation.quota import check_posts
from engine.declaration.recommendation.rounds import round_of
from web.beside import Beside
from web.declaration.recommendation import BASE, lines_of, posts_label
from web.deps import code_book
from web.dossier import Part
from web.pages import environment


def draw_round(request: Request, tx: Transaction, actor: Actor, case_key: int) -> list[Part]:
    """The cards, those without anything to say left out."""
    held = round_of(tx, actor, case_key)
    book = code_book(request, tx, held.row["year"])
    pieces = environment().get_template("declaration/_round.html").module
    about = held.variables.get("publicity") or {}
    verdicts = [
        (one, posts_label(book, one.title_level, one.specialty)) for one in check_posts(tx, held) if one.checked
    ]
    cards = [
        ("申报人", f"{len(held.candidates)} 人 · {held.row['method']}", "candidate_table", (lines_of(held, book),)),
        ("异议", "", "objection_list", (held.objections,) if held.objections else ()),
        ("单位公示", "", "publicity_pairs", (publicity_words(about), about) if about else ()),
        ("岗位职数核对", "", "verdict_lines", (verdicts,) if verdicts else ()),
        ("推荐小组", "", "panel_words", (held.row,) if held.row["panel"] or held.row["panel_opinion"] else ()),
    ]
    return [Part(title, note, getattr(pieces, name)(*given)) for title, note, name, given in cards if given]


def _home(case_key: int) -> str:
    return f"{BASE}/rounds/{case_key}"


_WORDS: Mapping[str, Mapping[str, str]] = {
    "recommendation_publicity": {
        "start": "公示已开始，参加的申报人已得到通知。内容有误的，用“中止公示”撤回后重新发起。",
        "back": "已退回评议，可以修改得分和推荐意见后重新确认。",
    },
    "recommendation_result": {
        "hand_over": "公示结果已登记，推荐结果已送达每一份参加的申报材料，请到今年申报材料中补填上报。",
        "repeat": "本次公示作废，请修改公示内容后重新发起。",
    },
    "recommendation_verification": {
        "upheld": "核查结论已登记：异议属实，所指的申报人不予推荐。",
        "dismissed": "核查结论已登记：异议不属实，推荐不变。",
    },
}

BESIDE: Mapping[str, Beside] = {form: Beside(draw_round, _home, words) for form, words in _WORDS.items()}
