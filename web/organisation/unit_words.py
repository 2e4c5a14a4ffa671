"""Units in words: their choices, states, and what was done to them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.organisation.staff import Event
from engine.organisation.tables import State
from engine.organisation.unit_fields import LISTS
from engine.reference import CodeBook

Options = list[tuple[str, str]]

#: word and kind of badge of each state
STATES: Mapping[State, tuple[str, str]] = {
    State.ACTIVE: ("在用", "good"),
    State.DISABLED: ("已停用", "warn"),
    State.DISSOLVED: ("已撤销", ""),
}
LABELS = {
    "code": "机构代码",
    "region": "所属区域",
    "name": "机构名称",
    "category": "机构单位类别",
    "nature": "机构单位性质",
    "industry": "所属行业",
    "responsible_person": "分管人",
    "economic_type": "用人单位经济类型",
    "may_create_committee": "评委会创建权",
    "may_form_committee": "评委会组建权",
    "credit_code": "统一社会信用代码",
    "registry_code": "组织机构代码",
    "contact_person": "联系人",
    "contact_phone": "联系电话",
    "fax": "传真",
    "email": "电子邮箱",
    "postcode": "邮政编码",
    "address": "通讯地址",
    "leader_review": "单位领导审核",
    "is_agency": "代理机构",
    "recommendation_mode": "推荐方式",
}
_EVENTS: Mapping[str, str] = {
    "unit:created": "建立机构",
    "unit:edited": "修改",
    "unit:moved": "移动到其他上级机构",
    "unit:merged": "并入其他机构",
    "unit:received": "接收并入的机构",
    "unit:dissolved": "撤销",
    "unit:disabled": "停用",
    "unit:enabled": "启用",
    "account:created": "建立帐号",
    "person:enrolled": "建立年度申报账户",
    "person:transferred": "申报人转入",
}


def lists_of(book: CodeBook) -> dict[str, Options]:
    """The choices of every field that has a list, in the order shown."""
    return {
        field: [(code.value, code.label) for code in book.codes(name) if code.active] for field, name in LISTS.items()
    }


def region_groups(book: CodeBook) -> list[tuple[str, Options]]:
    """The regions by prefecture; each group begins with the prefecture itself."""
    codes = [code for code in book.codes("region") if code.active]
    top = {code.value for code in codes if code.parent is None}
    heads = [code for code in codes if code.parent in top]
    groups: list[tuple[str, Options]] = [("全省", [(code.value, code.label) for code in codes if code.value in top])]
    for head in heads:
        inside = [(code.value, code.label) for code in codes if code.parent == head.value]
        groups.append((head.label, [(head.value, f"{head.label}（本级）"), *inside]))
    return groups


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str, str]]:
    """For the macro `event_list`: when, what, by whom, with a note."""
    return [(event.at, _EVENTS.get(event.event, event.event), event.by, _note(event)) for event in events]


def _note(event: Event) -> str:
    detail = event.detail
    if event.event == "unit:edited":
        changed = detail.get("changed")
        return "、".join(LABELS.get(name, name) for name in changed) if isinstance(changed, dict) else ""
    if event.event == "unit:disabled":
        return str(detail.get("reason") or "")
    return ""
