"""Which addresses of the application are pages: every GET route but those named here."""

from collections.abc import Sequence
from re import Pattern
from typing import Any

from fastapi import FastAPI

#: what an address of a file, of data for a script, or of a print ends with
FILE_ENDINGS = (".pdf", ".xlsx", ".typ", ".json", ".xml", ".{ending}")
FILES = frozenset(
    {
        "/accounts/import/template",
        "/announcements/{key}/files/{file}",
        "/applicants/import/template",
        "/committees/export",
        "/files/{key}",
        "/files/{key}/state",
        "/files/{key}/thumbnail",
        "/my-meetings/{key}/dossiers/{declaration}/files/{file}",
        "/pool/{committee}/import/template",
        "/pool/{committee}/import/{key}/report",
        "/pool/export",
        "/registers/{kind}/template",
        "/studio/content",
        "/templates/{key}/file",
        "/units/import/template",
        "/uploads/{key}",
    }
)
"""Files, and what a script asks about one that is being uploaded."""

FOR_MACHINES = frozenset({"/healthz", "/metrics", "/readyz", "/review-meetings/{key}/events"})
"""Probes, and the stream that tells a page to look again."""

PUZZLES = frozenset({"/sign-in/puzzle", "/notices/{key}/puzzle"})
"""Another captcha: a tenth of a page."""

OF_AN_UPLOAD = frozenset(
    {
        "/accounts/import/{key}",
        "/applicants/import/{key}",
        "/exchange-templates/{key}/import",
        "/my-meetings/{key}/scores/{file}",
        "/pool/{committee}/import/{key}",
        "/studio/compare",
        "/units/import/{key}",
    }
)
"""A look at a file somebody has just uploaded, or at two versions of one: as large as that file, not as the province."""

NO_PAGES = FILES | FOR_MACHINES | PUZZLES | OF_AN_UPLOAD


class Addresses:
    """The routes of an application, and to which of them a path belongs."""

    def __init__(self, web: FastAPI) -> None:
        self._routes: Sequence[tuple[str, Pattern[str]]] = [
            (route.path, route.path_regex) for route in map(_any, web.routes) if "GET" in getattr(route, "methods", ())
        ]

    @property
    def known(self) -> frozenset[str]:
        """Every GET route."""
        return frozenset(path for path, _ in self._routes)

    @property
    def pages(self) -> frozenset[str]:
        """Every GET route that is a page."""
        return frozenset(one for one in self.known - NO_PAGES if not one.endswith(FILE_ENDINGS))

    def of(self, path: str) -> str | None:
        """The route that answers this path, as the application chooses it; None where there is none."""
        place = path.partition("?")[0]
        return next((known for known, pattern in self._routes if pattern.match(place)), None)


def _any(route: object) -> Any:
    return route
