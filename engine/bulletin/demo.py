"""What the offices of the demo province have announced."""

from datetime import timedelta

import sqlalchemy as sa

from engine.bulletin.tables import Audience, announcement
from engine.clock import local
from engine.db import Transaction
from engine.organisation import Role
from engine.organisation.tables import unit

BY = "office_admin"
OPENING = """{year} 年度职称申报已经开始，请申报人登录后从“立即申报”进入，逐项填写并上传材料。

- 申报账户由工作单位经办人建立，初次登录须修改初始密码。
- 任职年限、年龄、业绩成果计算到年度计划规定的截止日。
- 填报说明和各类表格模板见“[模板下载](/templates)”。

（演示公告，内容均为虚构。）"""
OFFICERS = """请各级经办人在本级审核截止时间以前完成审核：

1. 需要退回的，一次写明全部意见；
2. 单位推荐须公示不少于 5 个工作日；
3. 需要核实的先设为“审核待定”。

（演示公告，内容均为虚构。）"""


def seed_demo_announcements(tx: Transaction) -> int:
    """Announce the opening to everybody and the terms to officers, unless there is something announced already."""
    top = tx.value(sa.select(unit.c.id).where(unit.c.parent.is_(None)))
    if top is None or tx.value(sa.select(sa.func.count()).select_from(announcement)):
        return 0
    year = local(tx.now).year
    told = [
        (f"关于开展 {year} 年度职称申报工作的公告（示例）", OPENING.format(year=year), Audience.PUBLIC, None, True, 20),
        ("关于按时完成逐级审核的提醒（示例）", OFFICERS, Audience.ROLE, Role.CASE_OFFICER.value, False, 6),
    ]
    for title, text, audience, role, pinned, days in told:
        tx.execute(
            sa.insert(announcement).values(
                id=tx.next_key(),
                title=title,
                text=text,
                audience=audience,
                role=role,
                shown_from=tx.now - timedelta(days=days),
                pinned=pinned,
                files=[],
                by=BY,
                by_unit=top,
                at=tx.now,
            )
        )
    return len(told)
