"""Where a declaration is, in one plain sentence, for everybody who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.roles import UNIT_ROLES
from engine.reference import CodeLists

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class OpenStep:
    """The task that waits, as the sentence needs it. `role` and `unit_name` are empty where the applicant acts."""

    element_id: str
    role: str
    unit_name: str
    since: datetime
    due_at: datetime | None
    on_hold: bool
    hold_reason: str | None


def plain_status(tx: Transaction, status: str, step: OpenStep | None, last_review: Mapping[str, Any]) -> str:
    """The sentence: 正由河北医科大学（示例）经办人审核，已 2 个工作日，最迟6月30日 (周二)。

    `status` is the word of the diagram, `step` the open task (None where none is open), `last_review` the variable of
    the same name.
    """
    if step is None:
        return ENDED.get(status, f"{status}。").format(**_told_by(last_review))
    if step.role:
        return _in_review(tx, step)
    due = f"请在{day_text(step.due_at)}前" if step.due_at else "请"
    return WITH_APPLICANT.get(status, "等待申报人办理，{due}完成。").format(due=due, **_told_by(last_review))


#: where the applicant has to act, by status
WITH_APPLICANT = {
    "草稿": "草稿，尚未提交，{due}提交。",
    "已撤回": "已撤回，尚未重新提交，{due}提交。",
    "退回修改": "已由{who}退回修改，{due}修改并重新提交，逾期视为放弃。",
    "补正中": "{who}一次性告知须补正，{due}补正并重新提交，逾期视为放弃。",
}

ENDED = {
    "推荐中": "单位经办人已审核，正在等待单位推荐。",
    "单位公示中": "单位推荐结果正在公示。",
    "待参评": "材料已通过评委会审查，等待评审会议评审。",
    "评审中": "正在评审会议中评审。",
    "评审通过": "评审会议已通过，等待评审结果公示。",
    "公示中": "评审会议已通过，结果正在公示。",
    "已上报": "公示期满，结果已上报省职改办审核。",
    "结果已审核": "评审结果已经审核，等待发文和证书。",
    "已发证": "已取得职称，证书可以下载。",
    "评审结果取消": "评审结果已取消。",
    "评审未通过": "评审未通过。",
    "复查中": "评审未通过，已申请复查，等待结论。",
    "专项审批未通过": "{who}未予批准：{opinion}",
    "待评委会": "各级单位已审核通过，等待评委会评审。",
    "不予推荐": "{who}未予推荐：{opinion}",
    "不符合条件": "{who}认定不符合申报条件：{opinion}",
    "已废弃": "已废弃，内容仍可查看，本年度可以重新申报。",
    "已放弃": "未在规定时间内提交，视为放弃申报。",
    "已终止": "申报人被记入失信记录，申报已终止。",
}


def _in_review(tx: Transaction, step: OpenStep) -> str:
    who = f"{step.unit_name}{UNIT_ROLES.get(step.role, step.role)}"
    waited = working_days_since(tx, step.since)
    age = f"已 {waited} 个工作日" if waited else "今天送达"
    if step.on_hold:
        reason = f"（{step.hold_reason}）" if step.hold_reason else ""
        return f"{who}审核待定{reason}，{age}。"
    return f"正由{who}{WORK.get(step.element_id, '审核')}，{age}{_due(tx, step.due_at)}。"


#: what is done in the tasks that are no review of a level
WORK = {
    "approve_special_route": "专项审批",
    "confirm_title": "确认现职称",
    "complete_recommendation": "补填推荐情况",
    "preassign_committee": "预分配评委会",
    "record_entrustment": "登记委托评审",
    "accept_entrustment": "受理委托评审",
    "screen_declaration": "审查申报材料",
}


def _due(tx: Transaction, due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    late = working_days_since(tx, due_at)
    if due_at >= tx.now or not late:
        return f"，最迟{day_text(due_at)}"
    return f"，已超过{day_text(due_at)}的期限 {late} 个工作日"


def _told_by(review: Mapping[str, Any]) -> dict[str, str]:
    role = UNIT_ROLES.get(review.get("role") or "", "")
    return {"who": f"{review.get('unit_name') or ''}{role}" or "系统", "opinion": review.get("opinion") or "未写明原因"}


def working_days_since(tx: Transaction, at: datetime) -> int:
    """Working days from the day of `at` until today."""
    calendar = tx.service(CodeLists).calendar(tx)
    return calendar.working_days_between(local(at).date(), local(tx.now).date())


def day_text(at: datetime) -> str:
    """6月30日 (周二)"""
    day: date = local(at).date()
    return f"{day.month}月{day.day}日 (周{WEEKDAYS[day.weekday()]})"


@dataclass(frozen=True, slots=True)
class LargeStep:
    """One of the large steps a declaration goes through. `state` is done, current, stopped (it ends here without a title) or ahead."""

    label: str
    state: str


#: where a status stands among the large steps; every other one is at a level of the chain, or with the applicant
BEFORE_UNITS = frozenset({"专项审批中", "职称确认中"})
AT_COMMITTEE = frozenset({"待评委会", "待预分配", "委托中", "评委会审查中", "补正中"})
#: the steps behind the chain, and which statuses stand at each of them
AFTER_UNITS: Mapping[str, frozenset[str]] = {
    "评委会审查": AT_COMMITTEE,
    "评审会议": frozenset({"待参评", "评审中", "评审未通过", "复查中"}),
    "公示": frozenset({"评审通过", "公示中", "评审结果取消"}),
    "发证": frozenset({"已上报", "结果已审核"}),
}
GRANTED = "已发证"
#: a declaration that stands here goes no further by itself, though its case may wait for a term to end
OVER = "评审未通过"


def large_steps(
    chain: Sequence[Mapping[str, Any]], position: int | None, status: str, *, with_applicant: bool, ended: bool
) -> list[LargeStep]:
    """填报 → each unit of the chain → 评委会审查 → 评审会议 → 公示 → 发证, with the one it stands at or, where it `ended` without a
    title, was stopped at."""
    labels = ["填报", *(unit["name"] for unit in chain), *AFTER_UNITS]
    behind = next((number for number, held in enumerate(AFTER_UNITS.values()) if status in held), None)
    if status == GRANTED:
        current = len(labels)
    elif behind is not None:
        current = 1 + len(chain) + behind
    elif with_applicant or position is None or status in BEFORE_UNITS:
        current = 0
    else:
        current = position + 1
    here = "stopped" if ended or status == OVER else "current"
    return [
        LargeStep(label, "done" if number < current else here if number == current else "ahead")
        for number, label in enumerate(labels)
    ]
