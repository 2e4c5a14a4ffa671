"""`/review-meetings/{key}/experts.xlsx`: 评委清单 as a workbook (M8)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.document.workbooks import Column, write_workbook
from engine.review_meeting.experts import experts_of
from engine.review_meeting.meetings import meeting_of
from web.deps import Key, code_book, query
from web.review_meeting.experts import ADDRESS, ANSWERS, POSTS, SOURCES
from web.workbooks import send_workbook

router = APIRouter()

COLUMNS = (
    Column("number", "序号", width=6),
    Column("name", "姓名", width=12),
    Column("identity_type", "证件类型", width=12),
    Column("identity_number", "证件号码", width=22),
    Column("phone", "手机号码", width=14),
    Column("workplace", "工作单位", width=30),
    Column("specialty", "从事专业", width=16),
    Column("title", "职称", width=18),
    Column("committee", "评委会", width=36),
    Column("group", "分组", width=14),
    Column("post", "职务", width=10),
    Column("source", "产生方式", width=10),
    Column("answer", "回复", width=10),
)


@router.get(ADDRESS + ".xlsx")
def export(request: Request, key: Key) -> Response:
    """评委清单 as a workbook, with identity numbers and telephones: for the office alone (J19)."""
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        authorize(actor, Permission.MEETINGS_MANAGE)
        book = code_book(request, tx, meeting.year)
        rows = [
            {
                "number": number,
                "name": row["name"],
                "identity_type": book.label("identity_type", row["identity_type"]),
                "identity_number": row["identity_number"],
                "phone": row["phone"],
                "workplace": row["workplace"],
                "specialty": book.label("specialty", row["specialty"]) if row["specialty"] else "",
                "title": book.label("title_name", row["title_name"]) if row["title_name"] else "",
                "committee": meeting.committee_name(row["committee"]),
                "group": row["group_name"] or "",
                "post": POSTS[row["post"]],
                "source": SOURCES[row["source"]],
                "answer": ANSWERS[row["invited"]][0],
            }
            for number, row in enumerate(experts_of(tx, key), 1)
        ]
    return send_workbook(write_workbook(COLUMNS, rows, title="评委清单"), f"评委清单 {meeting.meeting_no}")
