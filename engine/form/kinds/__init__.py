"""The inputs a form may have, each with what it takes, stores and refuses."""

from engine.form.kinds.base import Kind
from engine.form.kinds.checkbox import Checkbox
from engine.form.kinds.choice import Choice, Choices
from engine.form.kinds.files import Files
from engine.form.kinds.moment import Moment
from engine.form.kinds.number import Number
from engine.form.kinds.text import Text

KINDS: dict[str, Kind] = {
    "textfield": Text("textfield"),
    "textarea": Text("textarea", lines=True),
    "number": Number("number"),
    "datetime": Moment("datetime"),
    "checkbox": Checkbox("checkbox"),
    "radio": Choice("radio"),
    "select": Choice("select"),
    "checklist": Choices("checklist"),
    "taglist": Choices("taglist"),
    "filepicker": Files("filepicker"),
}
"""Every input type of form-js and its kind."""

__all__ = ["KINDS", "Checkbox", "Choice", "Choices", "Files", "Kind", "Moment", "Number", "Text"]
