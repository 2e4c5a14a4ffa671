"""A declaration's codes and states in the words people use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.db import Transaction
from engine.declaration.forms import latest_form
from engine.errors import NotFound
from engine.reference import CodeBook


@dataclass(frozen=True, slots=True)
class Titles:
    """What is declared, read from the code lists of its year."""

    category: str
    series: str
    specialty: str
    title: str
    level: str
    route: str
    mode: str

    @property
    def short(self) -> str:
        """主任医师（高级(正高)）"""
        return f"{self.title}（{self.level}）"


def titles_of(book: CodeBook, row: Mapping[str, Any]) -> Titles:
    """The words of a row of `declaration`."""
    return Titles(
        category=book.label("title_category", row["title_category"]),
        series=book.label("title_series", row["title_series"]),
        specialty=book.label("specialty", row["specialty"]),
        title=book.label("title_name", row["title_name"]),
        level=book.label("title_level", row["title_level"]),
        route=book.label("declaration_route", row["declaration_route"]),
        mode=book.label("review_mode", row["review_mode"]),
    )


#: the forms in which a unit decides; staff may publish others with more buttons
REVIEW_FORMS = (
    "declaration_officer_review",
    "declaration_officer_check",
    "declaration_recommendation",
    "declaration_leader_review",
    "declaration_superior_review",
    "declaration_special_approval",
    "declaration_title_confirmation",
    "declaration_committee_placement",
    "declaration_entrustment",
    "declaration_entrustment_acceptance",
    "declaration_committee_screening",
)
STYLES = {"primary": "good", "danger": "bad"}


def outcome_words(tx: Transaction, value: str) -> tuple[str, str]:
    """What a decision is called on its button, and its colour."""
    for form_id in REVIEW_FORMS:
        try:
            outcome = latest_form(tx, form_id).outcome
        except NotFound:
            continue
        chosen = outcome.value(value) if outcome else None
        if chosen is not None:
            return chosen.label, STYLES.get(chosen.style, "warn")
    return value, ""


KINDS = {
    "待评委会": "good",
    "待参评": "good",
    "评审通过": "good",
    "公示中": "good",
    "已上报": "good",
    "结果已审核": "good",
    "已发证": "good",
    "评审未通过": "bad",
    "评审结果取消": "bad",
    "专项审批未通过": "bad",
    "补正中": "warn",
    "退回修改": "warn",
    "已撤回": "warn",
    "不予推荐": "bad",
    "不符合条件": "bad",
    "已终止": "bad",
    "已废弃": "",
    "已放弃": "",
    "草稿": "",
}


def status_kind(status: str) -> str:
    """The colour of a status; what is being reviewed is under way."""
    return KINDS.get(status, "info")
