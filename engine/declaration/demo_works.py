"""What somebody of the demo province did and wrote: appraisals, practice, hours of study, works – all plainly fictional."""

from collections.abc import Callable, Mapping
from typing import Any

#: gives the descriptor of an uploaded file of that name
Upload = Callable[[str], Mapping[str, Any]]


def experience_values(titled_in: int | None, last: int, upload: Upload) -> dict[str, Any]:
    """专业技术工作经历: an appraisal for each year after `titled_in`, the year of the present title, until the `last` whole one."""
    first = last if titled_in is None else min(titled_in + 1, last)
    return {
        "annual_appraisal": [
            {
                "year": str(year),
                "grade": "excellent" if year == last else "qualified",
                "sheet": [upload("年度考核表.pdf")],
            }
            for year in range(first, last + 1)
        ],
        "practice_record": [
            {
                "started_on": f"{last - 2}-01-01",
                "ended_on": f"{last}-12-31",
                "content": "承担本专业主要技术工作，解决疑难问题，带教青年人员。（示例）",
            }
        ],
        "continuing_education": [
            {
                "year": str(last),
                "public_hours": 30,
                "professional_hours": 66,
                "certificate_no": "SL-JXJY-0001",
                "proof": [upload("继续教育学时证明.pdf")],
            }
        ],
    }


def works_values(born: int, last: int, upload: Upload) -> dict[str, Any]:
    """业绩成果 and 论文论著, one of each that is shown to reviewers. Titles carry the year of birth, so that two people's differ."""
    return {
        "award": [
            {
                "name": "示范科技进步奖（示例）",
                "achievement": f"示范技术的研究与应用（示例 {born}）",
                "level": "municipal",
                "grade": "second",
                "issuer": "示范市人民政府（示例）",
                "obtained_on": f"{last - 2}-11",
                "rank": 2,
                "member_count": 5,
                "proof": [upload("获奖证书.pdf")],
                "representative": True,
            }
        ],
        "project": [
            {
                "name": f"示范课题研究（示例 {born}）",
                "project_no": f"SF-{born}-01",
                "level": "provincial",
                "source": "示范省科技厅（示例）",
                "started_on": f"{last - 3}-01",
                "ended_on": f"{last - 1}-12",
                "state": "closed",
                "role": "host",
                "rank": 1,
                "member_count": 6,
                "duty": "主持课题设计、实施和总结。（示例）",
                "approval_proof": [upload("立项材料.pdf")],
                "closing_proof": [upload("结题材料.pdf")],
            }
        ],
        "paper": [
            {
                "title": f"示范论文：本专业若干问题的研究（示例 {born}）",
                "periodical": "示范学报（示例）",
                "issn": "1000-0003",
                "sponsor": "示范学会（示例）",
                "published_on": f"{last}-03",
                "author_rank": "first",
                "word_count": 6.5,
                "periodical_rank": "core",
                "representative": True,
                "front_cover": [upload("论文封面.pdf")],
                "contents": [upload("论文目录.pdf")],
                "text": [upload("论文正文.pdf")],
            }
        ],
    }
