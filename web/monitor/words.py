"""States as administrators read them, with the colour of their badge."""

from collections.abc import Mapping

from engine.flow.tables import CaseState, JobState

Words = tuple[str, str]

CASE: Mapping[CaseState, Words] = {
    CaseState.ACTIVE: ("在办", "info"),
    CaseState.COMPLETED: ("已办结", "good"),
    CaseState.TERMINATED: ("已终止", ""),
    CaseState.SUSPENDED: ("已暂停", "warn"),
}

JOB: Mapping[JobState, Words] = {
    JobState.CREATED: ("等待执行", "info"),
    JobState.RUNNING: ("正在执行", "info"),
    JobState.FAILED: ("失败", "bad"),
    JobState.COMPLETED: ("已完成", "good"),
    JobState.CANCELLED: ("已取消", ""),
}


def case_words(state: CaseState, has_incident: bool) -> Words:
    """The state of a case; an incident counts for more than that it runs."""
    return ("异常", "bad") if has_incident and state is CaseState.ACTIVE else CASE[state]
