"""What a new diagram or form begins as."""

from pathlib import Path
from string import Template
from xml.sax.saxutils import quoteattr

import orjson

_DIAGRAM = Template((Path(__file__).parent / "blank.bpmn").read_text(encoding="utf-8"))


def blank_diagram(id_: str, name: str) -> bytes:
    """A process that begins and ends."""
    return _DIAGRAM.substitute(id=id_, name=quoteattr(name)).encode()


def blank_form(id_: str, name: str) -> bytes:
    """A form with one opinion and two outcomes: what most new steps need."""
    form = {
        "type": "default",
        "id": id_,
        "name": name,
        "schemaVersion": 19,
        "components": [
            {"type": "text", "id": "heading", "text": f"### {name}"},
            {
                "type": "textarea",
                "id": "opinion",
                "key": "opinion",
                "label": "意见",
                "validate": {"maxLength": 1000},
            },
            {
                "type": "radio",
                "id": "outcome",
                "key": "outcome",
                "label": "办理结果",
                "values": [
                    {"label": "通过", "value": "approve"},
                    {"label": "退回修改", "value": "return_for_revision"},
                ],
                "validate": {"required": True},
            },
        ],
    }
    return orjson.dumps(form, option=orjson.OPT_INDENT_2)
