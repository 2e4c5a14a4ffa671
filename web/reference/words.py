"""How a change of the lists or the calendar reads."""

from collections.abc import Mapping

from engine.reference.changes import CALENDAR, Change
from engine.reference.code_tables import code_table
from engine.reference.tables import ChangeKind

DONE: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "添加",
    ChangeKind.EDITED: "修改",
    ChangeKind.MOVED: "调整次序",
    ChangeKind.DISABLED: "停用",
    ChangeKind.ENABLED: "启用",
    ChangeKind.DELETED: "删除",
    ChangeKind.COPIED: "建立年度版本",
    ChangeKind.IMPORTED: "导入工作簿",
}
FIELDS = {
    "value": "代码",
    "label": "名称",
    "parent": "上级",
    "rank": "次序",
    "active": "启用",
    "position": "第几位",
    "from": "来自年度",
    "added": "新增",
    "changed": "修改",
    "same": "未变",
    "working": "工作日",
    "note": "说明",
}


def changed_words(change: Change) -> str:
    """What was done: 修改, or for a day of the calendar 恢复."""
    if change.list == CALENDAR and change.action is ChangeKind.DELETED:
        return "恢复"
    return DONE[change.action]


def change_lines(change: Change) -> list[tuple[str, str, str]]:
    """Each field that differs: its label, what it was, what it became."""
    before, after = flat(change.before), flat(change.after)
    labels = {**FIELDS, **code_table(change.list).attributes}
    keys = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
    return [(labels.get(key, key), before.get(key, ""), after.get(key, "")) for key in keys]


def flat(held: Mapping[str, object] | None) -> dict[str, str]:
    """The fields as text, attributes beside the others."""
    found: dict[str, str] = {}
    for key, value in (held or {}).items():
        if isinstance(value, Mapping):
            found |= flat(value)
        elif value is not None:
            found[key] = {True: "是", False: "否"}.get(value, "") if isinstance(value, bool) else str(value)
    return found
