"""What is said of a unit (U3): its fields, how long they may be, what is wrong with them."""

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from engine.organisation.tables import RecommendationMode
from engine.reference import CodeBook
from engine.reference.check_digits import check_credit_code, check_registry_code, tidy_code


@dataclass(frozen=True, slots=True)
class UnitFields:
    """The fields of 新增 besides 上级机构, in the manual's order (U3), and the settings of Q31, J24 and Q34.

    Choices are values of code lists.
    """

    code: str
    region: str
    name: str
    category: str
    nature: str
    industry: str
    responsible_person: str
    economic_type: str = ""
    may_create_committee: bool = False
    may_form_committee: bool = False
    credit_code: str = ""
    registry_code: str = ""
    contact_person: str = ""
    contact_phone: str = ""
    fax: str = ""
    email: str = ""
    postcode: str = ""
    address: str = ""
    leader_review: bool = True
    is_agency: bool = False
    recommendation_mode: RecommendationMode = RecommendationMode.ROUND


REQUIRED = ("code", "region", "name", "category", "nature", "industry", "responsible_person")
#: U3; a telephone's limit counts neither hyphens nor spaces (Q40)
LIMITS = {
    "code": 4,
    "name": 100,
    "credit_code": 50,
    "registry_code": 50,
    "contact_person": 20,
    "contact_phone": 12,
    "fax": 20,
    "email": 100,
    "postcode": 20,
    "address": 100,
    "responsible_person": 50,
}
LISTS = {
    "region": "region",
    "category": "organisation_category",
    "nature": "organisation_nature",
    "industry": "industry",
    "economic_type": "economic_type",
}
#: the category of units that stand in for employers that are not public (J24)
AGENCY = "agency"
#: rights over committees: what they are called
RIGHTS = {"may_create_committee": "评委会创建权", "may_form_committee": "评委会组建权"}


def tidy_fields(fields: UnitFields) -> UnitFields:
    """Without blanks at the ends; codes in capitals; whoever is of the category of agencies is one."""
    text = {name: value.strip() for name, value in asdict(fields).items() if type(value) is str}
    text["code"] = text["code"].upper()
    text["credit_code"] = tidy_code(text["credit_code"])
    text["registry_code"] = tidy_code(text["registry_code"])
    agency = fields.is_agency or text["category"] == AGENCY
    return UnitFields(**{**asdict(fields), **text, "is_agency": agency})


def problems_of(fields: UnitFields, book: CodeBook) -> dict[str, list[str]]:
    """What is wrong, a sentence by field."""
    values: dict[str, str] = {name: value for name, value in asdict(fields).items() if isinstance(value, str)}
    problems: dict[str, list[str]] = {}
    for name in REQUIRED:
        if not values[name]:
            problems[name] = ["请填写此项"]
    for name, limit in LIMITS.items():
        counted = values[name].replace("-", "").replace(" ", "") if name in {"contact_phone", "fax"} else values[name]
        if len(counted) > limit:
            problems[name] = [f"最多 {limit} 个字符，现有 {len(counted)} 个"]
    for name, code_list in LISTS.items():
        if values[name] and book.find(code_list, values[name]) is None:
            problems[name] = ["请在列出的选项中选择"]
    if values["code"] and not (values["code"].isascii() and values["code"].isalnum()):
        problems["code"] = ["机构代码由 1 至 4 位数字或字母组成"]
    for name, check, label in (
        ("credit_code", check_credit_code, "统一社会信用代码"),
        ("registry_code", check_registry_code, "组织机构代码"),
    ):
        problem = check(values[name]) if values[name] else None
        if problem:
            problems[name] = [f"{label}{problem}"]
    if values["email"] and "@" not in values["email"].strip("@"):
        problems["email"] = ["电子邮箱应形如 name@example.com"]
    return problems


def wider_than(superior: sa.Row[Any], *, create: bool, form: bool) -> dict[str, list[str]]:
    """The rights a unit would have and its superior has not (Q5), a sentence by field."""
    problems: dict[str, list[str]] = {}
    if create and not superior.may_create_committee:
        problems["may_create_committee"] = ["上级机构没有评委会创建权，不能授予下级"]
    if form and not superior.may_form_committee:
        problems["may_form_committee"] = ["上级机构没有评委会组建权，不能授予下级"]
    return problems
