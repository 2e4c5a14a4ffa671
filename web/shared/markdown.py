"""The part of Markdown that a form's texts may use, as HTML that cannot do harm.

Paragraphs, headings, lists, quotes, rules, **strong**, *emphasis*, `code` and links. Everything is escaped first, so
what is no Markdown stays text; links go to web pages, mail or inside this system and nowhere else.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_LITERAL = re.compile(r"\\([\\`*_{}\[\]()<>#+\-!|~.])")
_KEPT = re.compile("[\ue000-\ue0ff]")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{1,500})\)")
_STRONG = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*|__(?=\S)([^_]+?)(?<=\S)__")
_EMPHASIS = re.compile(r"\*(?=\S)([^*]+?)(?<=\S)\*")
_CODE = re.compile(r"`([^`]+)`")
_SAFE_LINK = re.compile(r"(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_MARKS = re.compile(r"^\s*(#{1,6})\s", re.MULTILINE)
_RULE = re.compile(r"(\*\s*){3,}$|(-\s*){3,}$")
_BULLET = re.compile(r"[-*+]\s+(.+)")
_NUMBER = re.compile(r"\d{1,4}[.)]\s+(.+)")
_QUOTE = re.compile(r">\s?(.*)")


def to_html(text: str, level: int = 3) -> Markup:
    """The text as HTML, to be put into a page as it is. Its highest heading becomes `h{level}`, so that a text fits into
    the headings around it."""
    kept = _KEPT.sub("", text).replace("\r\n", "\n")
    kept = _LITERAL.sub(lambda found: chr(0xE000 + ord(found[1])), kept)
    blocks = (block for block in re.split(r"\n\s*\n", kept) if block.strip())
    raised = level - min((len(marks) for marks in _MARKS.findall(kept)), default=1)
    html = "\n".join(part for block in blocks for part in _block(block.strip("\n").split("\n"), raised))
    return Markup(_KEPT.sub(lambda found: str(escape(chr(ord(found[0]) - 0xE000))), html))  # noqa: S704 - escaped above


def _block(lines: list[str], raised: int) -> Iterator[str]:
    """Neighbouring lines of one kind together: a list, a quote or a paragraph."""
    while lines:
        kind, pattern = _kind(lines[0].strip())
        if kind == "heading" or kind == "rule":
            yield _single(lines.pop(0).strip(), raised)
            continue
        run = [lines.pop(0).strip()]
        while lines and _kind(lines[0].strip())[0] == kind:
            run.append(lines.pop(0).strip())
        yield _several(kind, pattern, run)


def _kind(line: str) -> tuple[str, re.Pattern[str] | None]:
    if _HEADING.match(line):
        return "heading", _HEADING
    if _RULE.match(line):
        return "rule", _RULE
    for name, pattern in (("ul", _BULLET), ("ol", _NUMBER), ("blockquote", _QUOTE)):
        if pattern.match(line):
            return name, pattern
    return "p", None


def _single(line: str, raised: int) -> str:
    heading = _HEADING.match(line)
    if heading is None:
        return "<hr>"
    level = min(6, len(heading[1]) + raised)
    return f"<h{level}>{_inline(heading[2])}</h{level}>"


def _several(kind: str, pattern: re.Pattern[str] | None, run: list[str]) -> str:
    if pattern is None:
        return "<p>" + "<br>\n".join(_inline(line) for line in run) + "</p>"
    texts = [found[1] for line in run if (found := pattern.match(line))]
    if kind == "blockquote":
        return "<blockquote>" + "<br>\n".join(_inline(text) for text in texts) + "</blockquote>"
    return f"<{kind}>" + "".join(f"<li>{_inline(text)}</li>" for text in texts) + f"</{kind}>"


def _inline(text: str) -> str:
    html = str(escape(text))
    html = _CODE.sub(r"<code>\1</code>", html)
    html = _STRONG.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", html)
    html = _EMPHASIS.sub(r"<em>\1</em>", html)
    return _LINK.sub(_link, html)


def _link(found: re.Match[str]) -> str:
    label, address = found[1], _KEPT.sub(lambda kept: chr(ord(kept[0]) - 0xE000), found[2])
    if not _SAFE_LINK.match(address) or "\\" in address or "<" in address:
        return found[0]
    outside = ' target="_blank" rel="noopener"' if address.lower().startswith("http") else ""
    return f'<a href="{address}"{outside}>{label}</a>'
