"""What the permissions of a token are called, and what a form of a token leaves."""

from collections.abc import Collection, Mapping
from typing import Any

from engine.access import Permission
from engine.organisation.api_tokens import TERMS, TokenFields, TokenView
from web.deps import Form
from web.organisation.asking import text_of

WORDS: Mapping[Permission, str] = {
    Permission.ACCOUNTS_MANAGE: "管理工作人员帐号",
    Permission.API_DEPLOY: "部署流程、表单和决策表",
    Permission.API_JOBS: "领取和完成服务任务",
    Permission.API_MESSAGES: "发送消息",
    Permission.API_USE: "调用接口",
    Permission.API_VARIABLES: "读写流程变量",
    Permission.APPLICANTS_MANAGE: "管理申报人帐号",
    Permission.BULLETIN_MANAGE: "管理公告",
    Permission.CASES_CANCEL: "终止流程",
    Permission.CASES_READ: "查看流程",
    Permission.CASES_REPAIR: "修复流程",
    Permission.CASES_START: "发起流程",
    Permission.CODES_MANAGE: "维护代码表",
    Permission.COMMITTEES_MANAGE: "管理评委会",
    Permission.DECLARATIONS_DECLARE: "填报申报材料",
    Permission.DECLARATIONS_MANAGE: "管理申报",
    Permission.DECLARATIONS_REVIEW: "审核申报材料",
    Permission.DEFINITIONS_EDIT: "设计流程",
    Permission.DEFINITIONS_PUBLISH: "发布流程",
    Permission.EXPERTS_MANAGE: "管理专家",
    Permission.EXPERTS_VET: "审核专家",
    Permission.INCIDENTS_RESOLVE: "处理异常",
    Permission.MEETINGS_MANAGE: "管理评审会议",
    Permission.PROFILE_KEEP: "维护专家资料",
    Permission.RESULTS_APPROVE: "核准评审结果",
    Permission.SERVICES_MANAGE: "管理服务账号",
    Permission.TASKS_ASSIGN: "指派待办",
    Permission.TASKS_WORK: "办理待办",
    Permission.UNITS_MANAGE: "管理机构",
    Permission.VARIABLES_EDIT: "修改流程变量",
}


def word_of(scope: str) -> str:
    """What a stored scope is called; its own name where this release has no word for it."""
    return next((words for permission, words in WORDS.items() if permission.value == scope), scope)


def scope_options(allowed: Collection[Permission]) -> list[tuple[str, str]]:
    """The boxes of a form. To call at all is no choice: every token has it."""
    choices = [one.value for one in Permission if one in allowed and one != Permission.API_USE]
    return [(value, word_of(value)) for value in choices]


def form_context(allowed: Collection[Permission], values: Mapping[str, Any]) -> dict[str, Any]:
    """What `organisation/_token_form.html` draws."""
    return {
        "scopes": scope_options(allowed),
        "terms": [(str(days), f"{days} 天") for days in TERMS],
        "values": values,
    }


def fields_of(form: Form) -> TokenFields:
    """What was filled in; what cannot be is told by the fields' own problems."""
    days = text_of(form, "days")
    given = {value for value in form.getlist("scopes") if isinstance(value, str)}
    return TokenFields(
        name=text_of(form, "name"),
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        scopes=frozenset(one for one in Permission if one.value in given),
    )


def typed(form: Form, *others: str) -> dict[str, Any]:
    """What was typed, to be drawn again."""
    return {**{name: text_of(form, name) for name in ("name", "days", *others)}, "scopes": form.getlist("scopes")}


def told(tokens: Collection[TokenView]) -> list[dict[str, Any]]:
    """The lines of `organisation/_tokens.html`."""
    return [
        {
            "id": one.id,
            "name": one.name or "未注明用途",
            "scopes": "、".join(word_of(scope) for scope in one.scopes if scope != Permission.API_USE),
            "created_at": one.created_at,
            "expires_at": one.expires_at,
            "used_at": one.used_at,
            "expired": one.expired,
        }
        for one in tokens
    ]
