"""A decision's answer in sentences, for the person it concerns."""

from engine.decision.result import Cell, Evaluated, FiredRule, NearMiss, Result
from engine.feel import Value, text_of

_MOST_NEAR_MISSES = 3
_ANYTHING = ("", "-")


def explain(result: Result) -> str:
    """One paragraph for each decision, in the order of evaluation, lines parted by newlines."""
    return "\n".join(line for evaluated in result.evaluated for line in _decision(evaluated))


def _decision(evaluated: Evaluated) -> list[str]:
    title = f"{evaluated.name}：{written(evaluated.value)}"
    if not evaluated.hit_policy:
        return [title]
    lines = [f"  {_fired(rule)}" for rule in evaluated.rules]
    if not lines:
        given = "，".join(f"{label} = {written(value)}" for label, value in evaluated.inputs.items())
        lines = [f"  没有规则命中{'，取缺省值' if evaluated.value not in (None, []) else ''}。输入：{given or '无'}"]
        lines += [f"  {_missed(miss)}" for miss in evaluated.near_misses[:_MOST_NEAR_MISSES]]
    return [title, *lines]


def _fired(rule: FiredRule) -> str:
    met = "，".join(_cell(cell, "符合") for cell in rule.inputs if cell.test.strip() not in _ANYTHING) or "没有条件"
    given = "，".join(f"{name} = {written(value)}" for name, value in rule.outputs.items())
    note = f"（{rule.annotation}）" if rule.annotation else ""
    return f"命中第 {rule.index} 条规则：{met}；得出 {given}{note}"


def _missed(miss: NearMiss) -> str:
    return f"第 {miss.index} 条规则只差一项：{_cell(miss.cell, '不符合')}"


def _cell(cell: Cell, verb: str) -> str:
    return f"{cell.label} = {written(cell.value)} {verb} {cell.test.strip()}"


def written(value: Value) -> str:
    """A value as people read it: yes and no, text as it is, nothing as “空”."""
    if value is None:
        return "空"
    if type(value) is bool:
        return "是" if value else "否"
    return text_of(value)
