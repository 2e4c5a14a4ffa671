"""The chapter's states in colours, and what pages read from addresses."""

from fastapi import Request

_GOOD = frozenset(
    {"已认定", "已确认", "已补发", "已更正", "重新评审", "已答复（属实）", "已答复（不属实）", "不予撤销", "维持原结果"}
)
_BAD = frozenset({"不予受理", "未同意", "已撤销"})


def status_kind(status: str, *, ended: bool) -> str:
    """The colour of a status: open ones wait."""
    return "good" if status in _GOOD else "bad" if status in _BAD else "" if ended else "info"


def page_number(request: Request) -> int:
    """The number of the page an address asks for."""
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
