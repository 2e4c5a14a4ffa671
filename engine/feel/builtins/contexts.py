"""Context functions, and those about null."""

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelAssertionError
from engine.feel.operators import equal
from engine.feel.scope import Run
from engine.feel.values import Value


@builtin("get value", "context: context, key: string")
@builtin("get value", "m: context, key: string")
def get_value(run: Run, context: dict[str, Value], key: str) -> Value:
    return context.get(key)


@builtin("get value", "context: context, keys: list")
def get_nested_value(run: Run, context: Value, keys: list[Value]) -> Value:
    found: Value = context
    for key in keys:
        if type(found) is not dict or type(key) is not str:
            return None
        found = found.get(key)
    return found


@builtin("get entries", "context: context")
@builtin("get entries", "m: context")
def get_entries(run: Run, context: dict[str, Value]) -> Value:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context put", "context: context, key: string, value")
@builtin("put", "context: context, key: string, value")
def context_put(run: Run, context: dict[str, Value], key: str, value: Value) -> Value:
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value")
def context_put_nested(run: Run, context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    if not keys or any(type(key) is not str for key in keys):
        return None
    result = dict(context)
    inner = result
    for key in keys[:-1]:
        below = inner.get(key)
        run.charge(1 + (len(below) if type(below) is dict else 0))
        inner[key] = dict(below) if type(below) is dict else {}
        inner = inner[key]
    inner[keys[-1]] = value
    return result


@builtin("context merge", "*contexts: list")
@builtin("put all", "*contexts: list")
def context_merge(run: Run, contexts: list[Value]) -> Value:
    merged: dict[str, Value] = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        run.charge(len(context))
        merged.update(context)
    return merged


@builtin("context", "entries: list")
def context(run: Run, entries: list[Value]) -> Value:
    result: dict[str, Value] = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            return None
        result[entry["key"]] = entry["value"]
    return result


@builtin("not", "negand")
def negation(run: Run, value: Value) -> Value:
    return not value if type(value) is bool else None


@builtin("is defined", "value")
def is_defined(run: Run, value: Value) -> Value:
    return value is not None


@builtin("get or else", "value, default")
def get_or_else(run: Run, value: Value, default: Value) -> Value:
    return default if value is None else value


@builtin("is", "value1, value2")
def is_same(run: Run, first: Value, second: Value) -> Value:
    """The same value of the same type; unlike `=`, a zone must be written alike too."""
    if type(first) is not type(second):
        return False
    zones = getattr(first, "tzinfo", None), getattr(second, "tzinfo", None)
    return equal(run, first, second) is True and zones[0] == zones[1]


@builtin("assert", "value, condition, cause?: string")
def assert_that(run: Run, value: Value, condition: Value, cause: str | None = None) -> Value:
    if condition is not True:
        raise FeelAssertionError(cause or "表达式中的断言不成立。")
    return value
