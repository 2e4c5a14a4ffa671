"""What a declaration tells people: the inline jobs `notify_applicant` and `notify_reviewers` of the diagram.

The header `template` says what is told (`engine.notification.templates`); the rest comes from the case.
"""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import rows, section
from engine.declaration.roles import UNIT_ROLES
from engine.flow.contexts import JobContext
from engine.notification import Recipient, notify
from engine.organisation import holders_of
from engine.organisation.tables import account
from engine.reference import CodeLists

#: said without a template of its own
CLOSING = "declaration_closing"


def notify_applicant(tx: Transaction, context: JobContext) -> None:
    """Tell the applicant what happened, in the bell and by the channels of the template."""
    data = {**_about(tx, context), **context.headers}
    template = context.headers["template"]
    if template == CLOSING:
        template = "plain"
        data["subject"] = "申报即将截止"
        data["text"] = (
            f"您的申报材料“{data['title']}”尚未提交，请于{_day(context.variables.get('closes_at'))}前提交，逾期不再受理。"
        )
    _tell(tx, context, [str(context.variables["applicant"])], template, data)


def notify_reviewers(tx: Transaction, context: JobContext) -> None:
    """Remind everybody who may do the review that waits; the header `role` says which."""
    role, unit = context.headers["role"], context.variables["review_unit"]
    logins = [login for login, _ in holders_of(tx, role, unit)]
    data = {**_about(tx, context), "task": f"{UNIT_ROLES[role]}审核", "due": _day_of(local(tx.now).date())}
    _tell(tx, context, logins, context.headers["template"], data)


def notify_about(tx: Transaction, context: JobContext, template: str, **more: object) -> None:
    """Tell the applicant by another template than the header's, with `more` to fill in."""
    _tell(tx, context, [str(context.variables["applicant"])], template, {**_about(tx, context), **more})


def _tell(tx: Transaction, context: JobContext, logins: list[str], template: str, data: Mapping[str, object]) -> None:
    held = account.c
    people = tx.rows(sa.select(held.id, held.email, held.mobile).where(held.login.in_(logins)).order_by(held.id))
    for person in people:
        recipient = Recipient(person.id, person.email or "", person.mobile or "")
        notify(tx, recipient, template, data, case_key=context.case_key, url=f"/declarations/{context.case_key}")


def _about(tx: Transaction, context: JobContext) -> dict[str, object]:
    """The words the templates fill in."""
    variables = context.variables
    review = section(variables, "last_review")
    role = UNIT_ROLES.get(review.get("role") or "", "")
    setup = section(variables, "setup")
    ineligible = section(variables, "eligibility")
    refused = ineligible.get("eligible") is False
    title = (
        tx.service(CodeLists).book(tx, context.year or local(tx.now).year).label("title_name", setup.get("title_name"))
    )
    return {
        "title": f"{context.business_key} {title}",
        "unit": "系统" if refused else f"{review.get('unit_name') or ''}{role}",
        "opinion": ineligible.get("reason") if refused else review.get("opinion"),
        "due": _correction_due(tx, context),
        "overturned": section(variables, "result_overturned").get("reason"),
        "barred": str(section(variables, "barred").get("reason") or "").rstrip("。"),
        "barred_until": section(variables, "barred").get("until"),
        "list": "；".join(str(row.get("point") or "") for row in rows(variables, "correction_list")),
    }


def _correction_due(tx: Transaction, context: JobContext) -> str:
    """The day by which to correct: the one that is set, else the one that will be set next."""
    if context.headers.get("template") == "declaration_returned":
        days = context.variables.get("correction_days")
        calendar = tx.service(CodeLists).calendar(tx)
        return _day_of(calendar.add_working_days(local(tx.now).date(), int(days or 0)))
    return _day(context.variables.get("correct_by"))


def _day(text: object) -> str:
    return _day_of(date.fromisoformat(text[:10])) if isinstance(text, str) and text else ""


def _day_of(day: date) -> str:
    return f"{day.month}月{day.day}日"
