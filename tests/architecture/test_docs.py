"""What the documents point to is there."""

import re

from tests.architecture.repository import ROOT, tracked_files

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors a page of Markdown has, as code hosts make them from its headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in HEADING.findall(_prose(text))
    }


def _prose(text: str) -> str:
    """The text without its code, where brackets and hash signs mean something else."""
    return FENCE.sub("", text)


def test_every_relative_link_of_a_document_points_to_what_exists() -> None:
    documents = tracked_files(":(glob)*.md", ":(glob)docs/**/*.md", ":(glob)processes/**/*.md")
    assert ROOT / "README.md" in documents
    broken = []
    for document in documents:
        for link in LINK.findall(_prose(document.read_text(encoding="utf-8"))):
            path, _, anchor = link.partition("#")
            if ":" in path:
                continue
            target = document if not path else document.parent / path
            if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
                broken.append(f"{document.relative_to(ROOT)}: {link}")
    assert broken == []
