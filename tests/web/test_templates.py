"""No template carries what the content security policy forbids: it would fail without a word."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
TEMPLATES = sorted(path for path in WEB.rglob("*.html") if "node_modules" not in path.parts)

FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "on… attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "hx-on": re.compile(r"hx-on\b"),
    "js: value": re.compile(r"""hx-[a-z:-]+\s*=\s*["']\s*(js|javascript):"""),
    "filter in hx-trigger": re.compile(r"""hx-trigger\s*=\s*"[^"]*\["""),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_a_template_needs_nothing_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(source)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("inline style", '<p style="color:red">'),
        ("inline script", "<script>x()</script>"),
        ("on… attribute", '<a href="#" onclick="x()">'),
        ("javascript: address", '<a href="javascript:x()">'),
        ("hx-on", '<a hx-on:click="x()">'),
        ("js: value", "<a hx-vals='js:{a: 1}'>"),
        ("filter in hx-trigger", '<a hx-trigger="click[ctrlKey]">'),
    ],
)
def test_what_is_forbidden_is_found(name: str, source: str) -> None:
    assert FORBIDDEN[name].search(source)
