"""What was done to accounts and people, in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.organisation.roles import rights_of
from engine.organisation.staff import Event

WORDS: Mapping[str, str] = {
    "account:created": "建立帐号",
    "account:role_given": "增加角色",
    "account:role_changed": "修改角色",
    "account:edited": "修改资料",
    "account:disabled": "停用",
    "account:enabled": "启用",
    "account:password_reset": "重置密码",
    "account:password_changed": "本人修改密码",
    "account:password_recovered": "本人凭验证码重设密码",
    "account:token_issued": "签发接口令牌",
    "account:token_revoked": "吊销接口令牌",
    "account:address_bound": "本人绑定联系方式",
    "account:delegated": "委托他人办理待办",
    "account:delegation_revoked": "收回委托",
    "person:enrolled": "建立年度申报账户",
    "person:edited": "修改所在部门或工作单位",
    "person:corrected": "更正姓名或证件号码",
    "person:barred": "登记诚信记录",
    "person:unbarred": "解除诚信记录",
    "person:transferred": "转入其他单位",
}
_FIELDS = {"name": "姓名", "mobile": "手机号码", "email": "电子邮箱", "department": "科室"}


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str, str]]:
    """For the macro `event_list`."""
    return [(event.at, WORDS.get(event.event, event.event), event.by, _note(event)) for event in events]


def _label(role: str) -> str:
    rights = rights_of(role)
    return rights.label if rights else role


def _note(event: Event) -> str:
    detail: dict[str, Any] = event.detail
    if event.event == "person:corrected":
        before, after = detail["before"], detail["after"]
        return (
            f"{before['name']} {before['identity_number']} 更正为 {after['name']} {after['identity_number']}。"
            f"原因：{detail['reason']}"
        )
    if event.event == "account:edited":
        return "、".join(_FIELDS.get(name, name) for name in detail.get("changed", []))
    if event.event == "account:role_changed":
        given = f"，退回待办 {detail['tasks']} 项" if detail["tasks"] else ""
        return f"{_label(detail['from'])}改为{_label(detail['to'])}{given}"
    if event.event in {"account:token_issued", "account:token_revoked"}:
        days = f"有效期 {detail['days']} 天" if "days" in detail else ""
        return "，".join(filter(None, (detail.get("name"), days)))
    if event.event == "account:delegated":
        return f"{detail['from']} 至 {detail['until']}，{detail['reason']}"
    return f"{detail['year']} 年度" if event.event == "person:enrolled" else ""
