"""What the inline jobs of the certificate processes do: describe a request, issue, replace."""

from collections.abc import Mapping, Sequence
from datetime import date
from secrets import token_hex
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import JobContext, TaskContext
from engine.organisation import identity_of
from engine.reference import CodeLists
from engine.result.aftercare.asking import CORRECTION, PRINTED, RECOGNITION, REISSUE, refuse_unless_valid
from engine.result.aftercare.telling import keep_files
from engine.result.granting import next_numbers
from engine.result.tables import CertificateKind, CertificateState, title_certificate

t = title_certificate.c
TITLE = ("title_category", "title_series", "specialty", "title_name", "title_level")
_TITLES = {
    "title_category": "类别",
    "title_series": "系列",
    "specialty": "专业",
    "title_name": "职称",
    "title_level": "职称等级",
}
_SAID = {
    RECOGNITION: {
        "education": "学历",
        "graduated_on": "毕业时间",
        "working_since": "从事本专业工作起始时间",
        "reason": "年限不足的理由",
    },
    REISSUE: {"reason": "补发的理由"},
    "certificate_confirmation": {"origin": "发证单位", "origin_no": "原证书号", "origin_obtained_on": "原取得时间"},
}


def describe_request(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: `summary`, the rows the unit and the title office read; a correction has old beside new."""
    asked, variables = context.variables["asked"], context.variables
    if context.process_id == CORRECTION:
        return {
            "summary": [*changed(variables["printed"], asked), {"label": "理由", "old": "", "new": asked["reason"]}]
        }
    rows = [{"label": label, "value": asked[name]} for name, label in _SAID[context.process_id].items() if asked[name]]
    if context.process_id == REISSUE:
        held = {"label": "证书", "value": f"{variables['certificate_no']}，{variables['certificate_words']}"}
        return {"summary": [held, *rows]}
    book = tx.service(CodeLists).book(tx, local(tx.now).year)
    titles = [
        {"label": label, "value": book.label(name, asked[name])} for name, label in _TITLES.items() if asked[name]
    ]
    return {"summary": [*rows, *titles]}


def changed(printed: Mapping[str, Any], asked: Mapping[str, Any]) -> Sequence[dict[str, str]]:
    """What a correction changes: each with what the certificate prints and what it is to print."""
    return [
        {"label": label, "old": str(printed[name]), "new": str(asked[name])}
        for name, label in PRINTED.items()
        if asked[name] != printed[name]
    ]


def check_correction(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 申请证书更正: something has to be different."""
    asked = {name: values.get(f"corrected_{name}") for name in PRINTED}
    if not changed(task.variables["printed"], asked):
        raise InvalidInput(fields={"corrected_name": ["没有改动任何内容，请修改证书上有误的一项"]})
    return keep_files(tx, actor, task, values)


def check_replaceable(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 审定补发 and 审定更正: the certificate must still be in force. Raises `Refused`."""
    if task.outcome == "approve":
        refuse_unless_valid(_locked(tx, int(task.variables["certificate"])))
    return values


def _locked(tx: Transaction, key: int) -> Mapping[str, Any]:
    row = tx.row(sa.select(title_certificate).where(t.key == key).with_for_update())
    if row is None:
        raise Refused("没有找到这份证书，请退回申请人。")
    return dict(row._mapping)


def issue_recognised(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: a certificate of 初次认定."""
    return _issue(tx, context, CertificateKind.RECOGNITION)


def issue_confirmed(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: a certificate for a title from elsewhere."""
    return _issue(tx, context, CertificateKind.CONFIRMATION)


def _issue(tx: Transaction, context: JobContext, kind: CertificateKind) -> Mapping[str, object]:
    variables = context.variables
    asked, document = variables["asked"], variables["document"]
    who = identity_of(tx, int(variables["person"]))
    if who is None:
        raise Refused("没有找到申请人的身份信息，请退回申请人。")
    return _write(
        tx,
        kind=kind,
        year=local(tx.now).year,
        person=who.person,
        declaration=None,
        handling=None,
        name=who.name,
        identity_number=who.identity_number,
        unit_name=variables["unit_name"],
        **{name: asked[name] for name in TITLE},
        committee_name=variables["title_office_name"],
        document_no=document["no"],
        obtained_on=date.fromisoformat(document["obtained_on"]),
        replaces=None,
        reason="",
    )


def reissue_certificate(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: the same under a new number, the old one is void."""
    return _replace(tx, context, "补发", {})


def correct_certificate(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: what the request names is corrected, under a new number; the old one is void."""
    asked = context.variables["asked"]
    new = {name: asked[name] for name in PRINTED} | {"obtained_on": date.fromisoformat(asked["obtained_on"])}
    return _replace(tx, context, "更正", new)


def _replace(tx: Transaction, context: JobContext, word: str, new: Mapping[str, Any]) -> Mapping[str, object]:
    old = _locked(tx, int(context.variables["certificate"]))
    reason = f"{word}：{context.variables['asked']['reason']}"[:500]
    tx.execute(
        sa.update(title_certificate).where(t.key == old["key"]).values(state=CertificateState.REPLACED, reason=reason)
    )
    left_out = {"key", "certificate_no", "code", "state", "issued_at", "revoked_at"}
    kept = {name: value for name, value in old.items() if name not in left_out}
    return _write(tx, **{**kept, **new, "replaces": old["key"], "reason": reason})


def _write(tx: Transaction, **columns: Any) -> Mapping[str, object]:
    number = next_numbers(tx, columns["obtained_on"].year, 1)[0]
    fixed = {"key": tx.next_key(), "certificate_no": number, "code": token_hex(8), "state": CertificateState.VALID}
    tx.insert(title_certificate, **columns, **fixed, issued_at=tx.now, revoked_at=None)
    return {"certificate_no": number}
