"""The sections of an expert's profile (K5), and what the pool keeps of them to choose and to draw by."""

from collections.abc import Mapping
from typing import Any

PROFILE_SECTIONS = (
    "basic_info",
    "work_info",
    "other_info",
    "education",
    "employment",
    "honour",
    "award",
    "expert_title",
    "paper",
    "book",
)


def columns_of(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `expert` that a profile fills in; the unit of the workplace is the caller's to find."""
    basic, work = sections.get("basic_info") or {}, sections.get("work_info") or {}
    other = sections.get("other_info") or {}
    return {
        "sex": basic.get("sex"),
        "phone": basic.get("mobile_number") or "",
        "photo": _first_file(basic.get("photo")),
        "workplace": work.get("employer") or "",
        "employed": work.get("employed") != "no",
        "title_series": work.get("title_series"),
        "title_name": work.get("title_name"),
        "title_level": work.get("title_level"),
        "specialty": work.get("specialty"),
        "specialties": list(work.get("specialties") or ()),
        "research": work.get("research") or "",
        "declared_relations": other.get("declared_relations") or "",
        "unavailable": [{"from": span["from"], "to": span["to"]} for span in other.get("unavailable") or ()],
        "schools": [_school(row) for row in sections.get("education") or ()],
    }


def _school(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"school": row.get("school"), "from": row.get("started_on"), "until": row.get("ended_on")}


def _first_file(files: Any) -> int | None:
    return int(files[0]["id"]) if files else None
