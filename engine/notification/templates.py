"""What is said on which occasion. A text names what to do; `{…}` are filled from the data of the occasion."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.notification.tables import Channel


@dataclass(frozen=True, slots=True)
class Template:
    """`channels` besides the bell, each where the person has an address for it. The bell cuts nothing; an SMS sends `text` alone."""

    subject: str
    text: str
    channels: frozenset[Channel] = frozenset()


_MAIL = frozenset({Channel.MAIL})
_BOTH = frozenset({Channel.MAIL, Channel.SMS})

TEMPLATES: Mapping[str, Template] = {
    "task_assigned": Template("新的待办：{task}", "“{title}”需要您办理“{task}”，请登录系统在待办中查看。"),
    "task_reminder": Template("待办即将到期：{task}", "“{title}”的“{task}”将于{due}到期，请尽快登录系统办理。", _MAIL),
    "declaration_submitted": Template(
        "申报材料已提交", "您的申报材料“{title}”已提交，现由{unit}审核，可在“我的申报”中查看进度。"
    ),
    "declaration_returned": Template(
        "申报材料被退回修改",
        "您的申报材料“{title}”被{unit}退回修改，请于{due}前按审核意见修改后重新提交。审核意见：{opinion}",
        _BOTH,
    ),
    "correction_reminder": Template(
        "请尽快修改申报材料", "您的申报材料“{title}”须于{due}前修改并重新提交，逾期视为放弃申报。", _BOTH
    ),
    "correction_expired": Template(
        "申报材料逾期未修改", "您的申报材料“{title}”未在{due}前重新提交，按规定视为放弃申报。", _BOTH
    ),
    "correction_extended": Template(
        "修改期限已延长", "您的申报材料“{title}”的修改期限已由{unit}延长至{due}，请按时修改并提交。", _BOTH
    ),
    "correction_list": Template(
        "申报材料须补正",
        "您的申报材料“{title}”经{unit}审查须补正，请于{due}前一次补齐，逾期视为放弃申报。须补正：{list}",
        _BOTH,
    ),
    "declaration_rejected": Template("申报已结束", "您的申报材料“{title}”审核结果：{result}。理由：{opinion}", _BOTH),
    "declaration_approved": Template(
        "申报材料已通过逐级审核", "您的申报材料“{title}”已通过全部审核，进入下一环节。", _BOTH
    ),
    "review_passed": Template(
        "评审会议已通过", "您的申报材料“{title}”经评审会议评审通过，结果将公示，公示无异议后上报审核。", _BOTH
    ),
    "review_failed": Template(
        "评审会议未通过",
        "您的申报材料“{title}”经评审会议评审未通过。对结果有异议的，可在十五个工作日内申请复查。",
        _BOTH,
    ),
    "title_granted": Template(
        "已取得职称", "您的申报材料“{title}”已审核公布，职称证书可登录系统在“我的申报”中下载。", _BOTH
    ),
    "result_overturned": Template("评审结果已取消", "您的申报材料“{title}”的评审结果已取消。理由：{overturned}", _BOTH),
    "declaration_stopped": Template(
        "申报已终止", "您的申报材料“{title}”已终止办理。原因：{barred}。{barred_until}以前不得申报。", _BOTH
    ),
    "password_reset": Template(
        "您的密码已重置",
        "您的账号密码已由{unit}重置，请用收到的初始密码登录并设置新密码。若非您本人要求，请与该单位联系。",
    ),
    "code_sent": Template("验证码已发送", "用于{what}的验证码已发出。若非您本人操作，请忽略，并留意账号安全。"),
    "password_changed": Template(
        "您的密码已更改", "您的账号密码已凭验证码重新设置。若非您本人操作，请立即联系本单位管理员。", _BOTH
    ),
    "delegation_received": Template(
        "请代为办理待办", "{name}委托您于{first}至{last}代为办理其待办，事由：{reason}。届时会出现在您的待办箱中。"
    ),
    "transfer_waits": Template("人员转接待办理：{person}", "{text}请在待办箱中办理。", _MAIL),
    "transfer_done": Template("人员转接结果：{person}", "{text}", _BOTH),
    "expert_told": Template("{subject}", "{text}", _BOTH),
    "committee_told": Template("{subject}", "{text}", _MAIL),
    "aftercare_told": Template("{subject}", "{text}", _MAIL),
    "calendar_missing": Template(
        "请录入 {year} 年工作日历",
        "{year} 年的工作日历还没有录入，跨年的办理期限暂按周末和固定日期的法定节假日计算。放假安排公布后，请在“工作日历”中录入。",
        _MAIL,
    ),
    "defence_called": Template(
        "请按时参加答辩",
        "您的申报材料（{no}）须参加答辩（讲课）：{when}，{venue}，{group}第 {place} 位。请携带身份证件，提前二十分钟到场。",
        _BOTH,
    ),
    "plain": Template("{subject}", "{text}"),
}


class _Known(dict[str, object]):
    """A name the occasion does not give stays out of the text instead of stopping the process."""

    def __missing__(self, name: str) -> str:
        return "—"


def fill(template: str, data: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text of a template. Raises KeyError for one that does not exist."""
    found = TEMPLATES[template]
    known = _Known({name: "—" if value in (None, "") else value for name, value in data.items()})
    return found.subject.format_map(known)[:200], found.text.format_map(known)[:2000]
