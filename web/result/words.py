"""The states of results in the words of the pages, with their colours."""

from collections.abc import Mapping
from typing import Any

from engine.reference import CodeBook
from engine.result.tables import CertificateState, ResultState

BASE = "/results"
#: status of a handling → colour
STATUS_KINDS: Mapping[str, str] = {
    "待公示": "warn",
    "公示中": "info",
    "公示期满": "warn",
    "待上报": "warn",
    "已上报": "info",
    "待发文": "info",
    "待发证": "warn",
    "待关闭": "warn",
    "已关闭": "good",
}
_STATES: Mapping[ResultState, tuple[str, str]] = {
    ResultState.DECIDED: ("待公示", ""),
    ResultState.PUBLICISED: ("公示中", "info"),
    ResultState.WITHHELD: ("异议核查中", "warn"),
    ResultState.OVERTURNED: ("评审结果取消", "bad"),
    ResultState.FORWARDED: ("已上报", "info"),
    ResultState.REFUSED: ("不予确认", "bad"),
    ResultState.APPROVED: ("结果已审核", "good"),
    ResultState.GRANTED: ("已发证", "good"),
}
CERTIFICATE_STATES: Mapping[CertificateState, tuple[str, str]] = {
    CertificateState.VALID: ("有效", "good"),
    CertificateState.REPLACED: ("已换发新证", "warn"),
    CertificateState.REVOKED: ("已撤销", "bad"),
}


def state_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """How far a result is, with its colour; one that failed goes nowhere."""
    return _STATES[row["state"]] if row["passed"] else ("—", "")


def kind_of(status: str) -> str:
    return STATUS_KINDS.get(status, "info")


def title_words(book: CodeBook, row: Mapping[str, Any]) -> str:
    """主任医师（高级(正高)）"""
    return f"{book.label('title_name', row['title_name'])}（{book.label('title_level', row['title_level'])}）"
