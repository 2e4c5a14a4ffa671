"""Every component type, attribute and property the renderer knows. What is not here is a finding."""

from engine.form.kinds import KINDS
from engine.form.kinds.text import FORMATS

COMMON = frozenset({"type", "id", "label", "layout", "conditional", "properties"})
INPUT = COMMON | {"key", "description", "disabled", "readonly", "defaultValue", "validate"}
CONTAINER = COMMON | {"components", "path", "showOutline", "verticalAlignment"}
CHOICE = frozenset({"values", "valuesKey", "valuesExpression", "searchable"})

ATTRIBUTES: dict[str, frozenset[str]] = {
    "textfield": INPUT | {"appearance"},
    "textarea": INPUT,
    "number": INPUT | {"appearance", "decimalDigits", "increment", "serializeToString"},
    "datetime": INPUT
    | {"subtype", "dateLabel", "timeLabel", "use24h", "timeInterval", "timeSerializingFormat", "disallowPassedDates"},
    "checkbox": INPUT,
    "radio": INPUT | CHOICE,
    "select": INPUT | CHOICE,
    "checklist": INPUT | CHOICE,
    "taglist": INPUT | CHOICE,
    "filepicker": INPUT | {"accept", "multiple"},
    "group": CONTAINER,
    "dynamiclist": CONTAINER
    | {"isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems"},
    "expression": COMMON | {"key", "expression", "computeOn"},
    "text": COMMON | {"text"},
    "image": COMMON | {"source", "alt"},
    "table": COMMON | {"columns", "columnsExpression", "rowCount", "dataSource"},
    "separator": COMMON,
    "spacer": COMMON | {"height"},
    "button": COMMON | {"action", "disabled"},
}
"""The attributes read, by type. `button` is known and not shown."""

REFUSED: dict[str, str] = {
    "html": "不支持 HTML 组件，请改用文本组件（支持 Markdown）。",
    "iframe": "不支持嵌入外部网页（iframe），请改用文本组件中的链接。",
    "documentPreview": "不支持文档预览组件，已上传的文件在文件组件中即可预览。",
    "multipage": "不支持分页组件，请改用分组：顶层分组即页面的一节。",
    "page": "不支持分页组件，请改用分组：顶层分组即页面的一节。",
}

VALIDATION = frozenset(
    {"required", "minLength", "maxLength", "min", "max", "pattern", "patternErrorMessage", "validationType"}
)

PROPERTIES: dict[str, frozenset[str]] = {
    **{name: frozenset({"textfield"}) for name in FORMATS if name not in ("email", "phone")},
    "month": frozenset({"datetime"}),
    "year": frozenset({"datetime"}),
    "value": frozenset({"textfield", "textarea", "number", "datetime", "checkbox", "select"}),
    "minDate": frozenset({"datetime"}),
    "maxDate": frozenset({"datetime"}),
    "refList": frozenset({"radio", "select", "checklist", "taglist"}),
    "refParent": frozenset({"radio", "select", "checklist", "taglist"}),
    "refFilter": frozenset({"radio", "select", "checklist", "taglist"}),
    "minFiles": frozenset({"filepicker"}),
    "maxFiles": frozenset({"filepicker"}),
    "maxMB": frozenset({"filepicker"}),
    "maxKB": frozenset({"filepicker"}),
    "image": frozenset({"filepicker"}),
    "minRows": frozenset({"dynamiclist"}),
    "maxRows": frozenset({"dynamiclist"}),
    "tableColumns": frozenset({"dynamiclist"}),
    "display": frozenset({"dynamiclist"}),
    "addLabel": frozenset({"dynamiclist"}),
    "hint": frozenset({"group", "dynamiclist"}),
    "check": frozenset({*KINDS, "group", "dynamiclist"}),
    "checkMessage": frozenset({*KINDS, "group", "dynamiclist"}),
}
"""Our properties, by the types that read them. `check2` … `check9` go with `check`; `style.X` and `requires.X` belong
to the field `outcome`; names beginning with `x-` are anyone's."""
