"""Reading an input."""

from dataclasses import replace
from typing import Any

from engine.form.dynamic import Dynamic, Template
from engine.form.kinds import KINDS
from engine.form.kinds.number import decimal
from engine.form.kinds.text import FORMATS
from engine.form.model import Choices, Field, FileLimits, Rule
from engine.form.reading.part import Part
from engine.form.reading.patterns import read_pattern

TIME_FORMATS = ("utc_offset", "utc_normalized", "no_timezone")
MANY_FILES = 20


def read_field(
    part: Part, *, path: str, steps: tuple[str, ...], span: int, section: str, rules: tuple[Rule, ...]
) -> Field:
    """The input of one component; what its type does not use keeps its default."""
    common: dict[str, Any] = {
        "type": part.type,
        "id": part.id,
        "kind": KINDS[part.type],
        "path": path,
        "steps": steps,
        "span": span,
        "section": section,
        "rules": rules,
        "label": _label(part),
        "hint": part.template("description", "说明"),
        "hide": part.hide(),
        "properties": part.properties,
        "default": part.raw.get("defaultValue"),
        "required": part.limit("required", "必填条件"),
        "locked": Dynamic(True) if "value" in part.properties else _locked(part),
        "formula": part.notes.dynamic(part.properties.get("value"), part.id, "属性 value"),
    }
    return Field(**common, **READERS.get(part.type, _nothing)(part))


def _label(part: Part) -> Template:
    if part.type != "datetime" or part.raw.get("label"):
        return part.template("label", "标签")
    name = "timeLabel" if part.raw.get("subtype") == "time" else "dateLabel"
    return part.template(name, "标签")


def _locked(part: Part) -> Dynamic:
    for name, place in (("disabled", "停用条件"), ("readonly", "只读条件")):
        locked = part.dynamic(name, place)
        if not locked.never:
            return locked
    return Dynamic(False)


def _nothing(part: Part) -> dict[str, Any]:
    return {}


def _text(part: Part) -> dict[str, Any]:
    found = {
        "min_length": part.limit("minLength", "最少字数"),
        "max_length": part.limit("maxLength", "最多字数"),
        "formats": _formats(part),
        **_adorners(part),
    }
    if pattern := part.validate.get("pattern"):
        found["pattern"] = read_pattern(pattern, part)
        found["pattern_message"] = str(part.validate.get("patternErrorMessage") or "")
    return found


def _formats(part: Part) -> tuple[tuple[str, Dynamic], ...]:
    wanted = [(name, part.property(name, f"属性 {name}")) for name in FORMATS if name in part.properties]
    if (preset := part.validate.get("validationType")) in ("email", "phone"):
        wanted.append((str(preset), Dynamic(True)))
    return tuple((name, condition) for name, condition in wanted if not condition.never)


def _adorners(part: Part) -> dict[str, Any]:
    appearance = part.raw.get("appearance")
    if not isinstance(appearance, dict):
        return {}
    return {
        "prefix": part.notes.template(appearance.get("prefixAdorner"), part.id, "前缀"),
        "suffix": part.notes.template(appearance.get("suffixAdorner"), part.id, "后缀"),
    }


def _number(part: Part) -> dict[str, Any]:
    digits = part.raw.get("decimalDigits")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or digits < 0):
        part.notes.error("attribute", part.id, "小数位数应为不小于 0 的整数。")
        digits = None
    step = decimal(part.raw["increment"]) if part.raw.get("increment") not in (None, "") else None
    return {
        "minimum": part.limit("min", "最小值"),
        "maximum": part.limit("max", "最大值"),
        "digits": digits,
        "step": step if step is not None and step > 0 else None,
        "as_text": part.raw.get("serializeToString") is True,
        **_adorners(part),
    }


def _moment(part: Part) -> dict[str, Any]:
    subtype = part.raw.get("subtype", "date")
    if subtype not in ("date", "time", "datetime"):
        part.notes.error("attribute", part.id, f"日期时间的种类“{subtype}”不存在，应为 date、time 或 datetime。")
        subtype = "date"
    time_format = part.raw.get("timeSerializingFormat", "utc_offset")
    return {
        "subtype": _day_or_less(part) if subtype == "date" else subtype,
        "time_format": time_format if time_format in TIME_FORMATS else "utc_offset",
        "not_past": part.raw.get("disallowPassedDates") is True,
        "minimum": part.property("minDate", "属性 minDate"),
        "maximum": part.property("maxDate", "属性 maxDate"),
    }


def _day_or_less(part: Part) -> str:
    """A date may be asked for by its month or by its year alone."""
    return next((name for name in ("month", "year") if part.flag(name)), "date")


def _choice(part: Part) -> dict[str, Any]:
    choices = Choices(
        fixed=_fixed(part),
        key=str(part.raw.get("valuesKey") or ""),
        expression=part.dynamic("valuesExpression", "选项表达式") if part.raw.get("valuesExpression") else None,
        ref_list=part.properties.get("refList", ""),
    )
    if "refParent" in part.properties:
        choices = replace(choices, ref_parent=part.property("refParent", "属性 refParent"))
    if "refFilter" in part.properties:
        choices = replace(choices, ref_filter=part.property("refFilter", "属性 refFilter"))
    if not (choices.fixed or choices.key or choices.expression or choices.ref_list):
        part.notes.error("options", part.id, "没有选项：请填写选项，或用属性 refList 指定代码表。")
    return {"choices": choices}


def _fixed(part: Part) -> tuple[tuple[str, Template], ...]:
    values = part.raw.get("values") or []
    found: dict[str, Template] = {}
    for entry in values if isinstance(values, list) else []:
        value = entry.get("value") if isinstance(entry, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
            part.notes.error("options", part.id, "每个选项都要有 value（取值）。")
        elif str(value) in found:
            part.notes.error("options", part.id, f"选项取值“{value}”重复。")
        else:
            found[str(value)] = part.notes.template(entry.get("label") or str(value), part.id, "选项")
    return tuple(found.items())


def _files(part: Part) -> dict[str, Any]:
    multiple = part.raw.get("multiple") not in (None, False, "", "=false")
    size = part.decimal("maxKB")
    megabytes = part.decimal("maxMB")
    limits = FileLimits(
        least=part.amount("minFiles", 0),
        most=part.amount("maxFiles", MANY_FILES if multiple else 1),
        image=part.flag("image"),
    )
    if size is not None or megabytes is not None:
        limits = replace(limits, bytes=int(size * 1024 if size is not None else (megabytes or 0) * 1024 * 1024))
    if limits.least > limits.most:
        part.notes.error("property", part.id, "属性 minFiles 不能大于 maxFiles。")
    return {"files": limits, "accept": part.template("accept", "文件类型")}


READERS = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "datetime": _moment,
    "radio": _choice,
    "select": _choice,
    "checklist": _choice,
    "taglist": _choice,
    "filepicker": _files,
}
