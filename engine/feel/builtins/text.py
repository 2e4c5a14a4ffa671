"""Text functions."""

from base64 import b64encode
from decimal import Decimal
from uuid import uuid4

from engine.feel.builtins.registry import builtin
from engine.feel.compile_loops import whole
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_STRING
from engine.feel.scope import Run
from engine.feel.values import Value


@builtin("substring", "string: string, start position: number, length?: number")
def substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> Value:
    first = whole(start)
    count = len(string) if length is None else whole(length)
    if first is None or first == 0 or count is None or count < 0:
        return None
    begin = first - 1 if first > 0 else max(len(string) + first, 0)
    return string[begin : begin + count]


@builtin("string length", "string: string")
def string_length(run: Run, string: str) -> Value:
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(run: Run, string: str) -> Value:
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(run: Run, string: str) -> Value:
    return string.lower()


@builtin("trim", "string: string")
def trim(run: Run, string: str) -> Value:
    return string.strip()


@builtin("is blank", "string: string")
def is_blank(run: Run, string: str) -> Value:
    return not string.strip()


@builtin("substring before", "string: string, match: string")
def substring_before(run: Run, string: str, match: str) -> Value:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def substring_after(run: Run, string: str, match: str) -> Value:
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(run: Run, string: str, match: str) -> Value:
    return match in string


@builtin("starts with", "string: string, match: string")
@builtin("starts with", "input: string, match: string")
def starts_with(run: Run, string: str, match: str) -> Value:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
@builtin("ends with", "input: string, match: string")
def ends_with(run: Run, string: str, match: str) -> Value:
    return string.endswith(match)


@builtin("string join", "list: list, delimiter?: string, prefix?: string, suffix?: string")
def string_join(
    run: Run, items: list[Value], delimiter: str | None = None, prefix: str | None = None, suffix: str | None = None
) -> Value:
    if not all(item is None or type(item) is str for item in items):
        return None
    parts = [item for item in items if item is not None]
    size = sum(len(part) for part in parts) + len(delimiter or "") * len(parts) + len(prefix or "") + len(suffix or "")
    if size > MAX_STRING:
        raise FeelLimitError(f"文字超过 {MAX_STRING} 个字符，请拆成几步。")
    run.charge(size >> 6)
    return (prefix or "") + (delimiter or "").join(parts) + (suffix or "")


@builtin("to base64", "value: string")
def to_base64(run: Run, string: str) -> Value:
    return b64encode(string.encode()).decode()


@builtin("uuid")
def uuid(run: Run) -> Value:
    return str(uuid4())
