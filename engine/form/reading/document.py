"""Reading a whole `.form`."""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

from engine.errors import InvalidInput
from engine.form.form import Form, walk, written_keys
from engine.form.model import Computed, Field, RowList, Rule
from engine.form.reading.notes import Notes
from engine.form.reading.outcome import read_outcome
from engine.form.reading.rules import form_rules
from engine.form.reading.tree import Tree

NEWEST_SCHEMA = 20
LARGEST_FILE = 2 * 1024 * 1024
FORMS_KEPT = 256

_WORD = re.compile(r"\w+")
_kept: OrderedDict[str, Form] = OrderedDict()
_lock = Lock()


def read_form(text: bytes | str) -> Form:
    """The form of a file; the same text is read once (by its sha256).

    What is wrong inside is in `findings()`; only a text that is no form at all raises `InvalidInput`.
    """
    raw = text.encode() if isinstance(text, str) else text
    digest = hashlib.sha256(raw).hexdigest()
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            return _kept[digest]
    form = _build(_load(raw), digest)
    with _lock:
        _kept[digest] = form
        while len(_kept) > FORMS_KEPT:
            _kept.popitem(last=False)
    return form


def _load(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LARGEST_FILE:
        raise InvalidInput("表单文件超过 2 MB，请拆成几张表单。")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise InvalidInput("表单文件不是有效的 JSON，请检查引号、逗号和括号。") from None
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise InvalidInput("这不是表单文件：缺少 components 列表。")
    return document


def _build(document: Mapping[str, Any], digest: str) -> Form:
    notes = Notes()
    form_id = str(document.get("id") or "")
    _look_at_head(document, form_id, notes)
    tree = Tree(notes, frozenset(_words(document["components"])))
    components = tree.read(document["components"])
    parts = list(walk(components))
    fields = [part for part in parts if isinstance(part, Field)]
    rules, keys = _rules(document, form_id, tree, notes), written_keys(components)
    return Form(
        id=form_id,
        name=str(document.get("name") or form_id),
        sha256=digest,
        document=document,
        components=components,
        sections=tuple(tree.sections),
        places=dict(tree.components),
        outcome=_outcome(fields, notes),
        rules=rules,
        keys=keys,
        names=keys | notes.names,
        has_rows=any(isinstance(part, RowList) for part in parts),
        has_computed=any(
            isinstance(part, Computed) or (isinstance(part, Field) and part.is_worked_out) for part in parts
        ),
        has_hiding=any(not part.hide.never for part in parts),
        has_moving_locks=any(field.locked.expression is not None for field in fields),
        noted=tuple(notes.findings),
    )


def _look_at_head(document: Mapping[str, Any], form_id: str, notes: Notes) -> None:
    if not form_id:
        notes.error("id", "", "表单缺少标识（id）。")
    version = document.get("schemaVersion")
    if isinstance(version, int) and version > NEWEST_SCHEMA:
        notes.warn("schema", form_id, f"表单格式版本 {version} 比本系统认识的（{NEWEST_SCHEMA}）新，请核对显示效果。")


def _outcome(fields: list[Field], notes: Notes) -> Any:
    found = next((field for field in fields if field.path == "outcome"), None)
    return read_outcome(found, frozenset(field.path for field in fields), notes) if found else None


def _rules(document: Mapping[str, Any], form_id: str, tree: Tree, notes: Notes) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in form_rules(document, form_id, notes):
        if rule.target not in tree.components:
            notes.error("rule", rule.id, f"规则指向的字段“{rule.target}”不存在。")
        else:
            found[rule.target] = (*found.get(rule.target, ()), rule)
    return found


def _words(raw: object) -> Iterator[str]:
    """The words of all expressions that change what is shown; conditions that are only checked do not."""
    if isinstance(raw, str):
        if raw.startswith("=") or "{{" in raw:
            yield from _WORD.findall(raw)
    elif isinstance(raw, list):
        for item in raw:
            yield from _words(item)
    elif isinstance(raw, dict):
        for name, value in raw.items():
            if name == "valuesKey" and isinstance(value, str):
                yield from _WORD.findall(value)
            elif not name.startswith("check"):
                yield from _words(value)
