"""Search requests of `/v2` read into conditions, order and page: the API's field names to columns, its values to ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import InvalidInput
from engine.flow.search import Condition, Found, Operator, Order, Page

Convert = Callable[[Any], Any]


def to_key(value: Any) -> int:
    """A key as the API writes it: a decimal string."""
    try:
        number = int(str(value))
    except ValueError:
        raise InvalidInput(f"“{value}”不是有效的键，应为一串数字。") from None
    if not -(2**63) <= number < 2**63:
        raise InvalidInput(f"“{value}”超出了键的范围。")
    return number


def to_instant(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        raise InvalidInput(f"“{value}”不是有效的时间，应如 2026-06-30T09:00:00Z。") from None
    if at.tzinfo is None:
        raise InvalidInput(f"时间“{value}”缺少时区，应如 2026-06-30T09:00:00Z。")
    return at


def to_text(value: Any) -> str:
    return str(value)


def to_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"“{value}”应为整数。")
    return value


def to_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"“{value}”应为 true 或 false。")
    return value


def one_of(states: Mapping[str, str]) -> Convert:
    """The API's word for a state as the list of ours it stands for."""

    def convert(value: Any) -> list[str]:
        ours = [our for our, theirs in states.items() if theirs == value]
        if not ours and value not in KNOWN_BUT_UNUSED:
            raise InvalidInput(f"没有“{value}”这种状态，可用：{'、'.join(dict.fromkeys(states.values()))}。")
        return ours

    return convert


#: states of Camunda's enums that no object here is ever in
KNOWN_BUT_UNUSED = frozenset(
    {
        *("CREATING", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING", "FAILED", "PENDING", "MIGRATED", "UNKNOWN"),
        *("ERROR_THROWN", "TIMED_OUT", "RETRIES_UPDATED", "TIMEOUT_UPDATED", "PRIORITY_UPDATED"),
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    column: str
    convert: Convert = to_text


def read_search(body: Any, fields: Mapping[str, Field]) -> tuple[list[Condition], list[Order], Page]:
    """Conditions, order and page of a search body; `fields` are the filter names this search knows.

    Raises `InvalidInput` naming what does not fit; nothing in a filter is silently passed over.
    """
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise InvalidInput("请求体应为 JSON 对象。")
    filters, sort, page = (body.get(name) for name in ("filter", "sort", "page"))
    conditions = _conditions({} if filters is None else filters, fields)
    return conditions, _order([] if sort is None else sort, fields), read_page({} if page is None else page)


def _conditions(filters: Any, fields: Mapping[str, Field]) -> list[Condition]:
    if not isinstance(filters, dict):
        raise InvalidInput("filter 应为 JSON 对象。")
    found: list[Condition] = []
    for name, given in filters.items():
        if name == "tenantId" or given is None:
            continue
        if name in ("processInstanceVariables", "variables", "localVariables"):
            found.extend(_variable_conditions(given))
            continue
        field = fields.get(name)
        if field is None:
            raise InvalidInput(f"不能按“{name}”筛选，可用：{'、'.join(sorted(fields))}。")
        operators = given if isinstance(given, dict) else {"$eq": given}
        found.extend(_condition(field, operator, value) for operator, value in operators.items())
    return found


def _condition(field: Field, operator: str, value: Any) -> Condition:
    try:
        kind = Operator(operator)
    except ValueError:
        raise InvalidInput(f"没有“{operator}”这种比较，可用：{'、'.join(Operator)}。") from None
    if kind is Operator.EXISTS:
        return Condition(field.column, kind, to_flag(value))
    if kind is Operator.LIKE:
        return Condition(field.column, kind, str(value))
    if kind in (Operator.IN, Operator.NOT_IN):
        if not isinstance(value, list):
            raise InvalidInput(f"{operator} 需要一个列表。")
        return Condition(field.column, kind, _flat(field.convert(one) for one in value))
    converted = field.convert(value)
    if isinstance(converted, list):
        return Condition(field.column, Operator.NOT_IN if kind is Operator.NEQ else Operator.IN, converted)
    return Condition(field.column, kind, converted)


def _flat(values: Any) -> list[Any]:
    made: list[Any] = []
    for value in values:
        made.extend(value if isinstance(value, list) else [value])
    return made


def _variable_conditions(given: Any) -> list[Condition]:
    """`[{name, value}]`: values are JSON texts, as variables are stored."""
    if not isinstance(given, list):
        raise InvalidInput("变量筛选应为列表。")
    found = []
    for one in given:
        if not isinstance(one, dict) or "name" not in one or "value" not in one:
            raise InvalidInput("变量筛选的每一项需要 name 和 value。")
        operators = one["value"] if isinstance(one["value"], dict) else {"$eq": one["value"]}
        for operator, value in operators.items():
            plain = _condition(Field("variables"), operator, value)
            found.append(Condition("variables", Operator.EQ, (str(one["name"]), plain.operator, plain.value)))
    return found


def _order(sort: Any, fields: Mapping[str, Field]) -> list[Order]:
    if not isinstance(sort, list):
        raise InvalidInput("sort 应为列表。")
    made = []
    for entry in sort:
        name = entry.get("field") if isinstance(entry, dict) else None
        if name == "tenantId":
            continue
        if name not in fields:
            raise InvalidInput(f"不能按“{name}”排序，可用：{'、'.join(sorted(fields))}。")
        direction = str(entry.get("order", "ASC")).upper()
        if direction not in ("ASC", "DESC"):
            raise InvalidInput("排序方向应为 ASC 或 DESC。")
        made.append(Order(fields[name].column, direction == "DESC"))
    return made


def read_page(page: Any) -> Page:
    if not isinstance(page, dict):
        raise InvalidInput("page 应为 JSON 对象。")
    limit = to_number(page.get("limit", 100))
    start = to_number(page.get("from", 0))
    if limit < 0 or start < 0:
        raise InvalidInput("page 的 limit 和 from 不能为负数。")
    if page.get("after") is not None and page.get("before") is not None:
        raise InvalidInput("after 和 before 只能给出一个。")
    return Page(limit=limit, start=start, after=page.get("after"), before=page.get("before"))


def answer(found: Found, shape: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """A search answer: the items and where the page stands."""
    return {
        "items": [shape(row) for row in found.rows],
        "page": {
            "totalItems": found.total,
            "hasMoreTotalItems": found.more,
            "startCursor": found.first,
            "endCursor": found.last,
        },
    }
