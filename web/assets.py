"""Static files under `/static`: a hash in every address, kept by browsers for a year, sent compressed.

The style sheet is several files for whoever reads it and one (`zhiping.css`) for the browser, so it needs no build.
`vendor/` is built from `web/client`; everything but the diagrams works without it.
"""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
STYLE_PARTS = (
    "tokens",
    "base",
    "frame",
    "pieces",
    "forms",
    "form",
    "lists",
    "words",
    "declaration",
    "reference",
    "units",
    "meeting",
    "ballot",
    "scoring",
    "print",
)

_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: its bytes, the same gzipped where that pays, and the hash that names this version."""

    body: bytes
    packed: bytes | None
    digest: str
    media_type: str


def find_asset(name: str) -> Asset | None:
    """The asset of that name below `web/static`, or None. Files are read again when they change on disk."""
    if name == "zhiping.css":
        files = [STATIC / "css" / f"{part}.css" for part in STYLE_PARTS]
    else:
        files = [(STATIC / name).resolve()]
        if not files[0].is_relative_to(STATIC.resolve()) or not files[0].is_file():
            return None
    return _read_asset(tuple(files), tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=64)
def _read_asset(files: tuple[Path, ...], _stamps: tuple[int, ...]) -> Asset:
    body = b"\n".join(file.read_bytes() for file in files)
    media_type = mimetypes.guess_type(files[0].name)[0] or "application/octet-stream"
    textual = media_type.startswith("text/") or media_type.endswith(("javascript", "json", "xml"))
    packed = gzip.compress(body, mtime=0) if textual else None
    return Asset(body, packed, sha256(body).hexdigest()[:12], media_type)


def has_asset(name: str) -> bool:
    """Whether the file is there; pages that need a bundle say how to build it where it is not."""
    return find_asset(name) is not None


def static_url(name: str) -> str:
    """`/static/NAME?v=HASH`; without the hash where the file has not been built."""
    asset = find_asset(name)
    return f"/static/{name}?v={asset.digest}" if asset else f"/static/{name}"


class Assets(StaticFiles):
    """The application to mount at `/static`: `app.mount("/static", Assets())`."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, 304 where the browser has it, 404 where there is none."""
        asset = await run_in_threadpool(find_asset, path)
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(404)
        asked = Headers(scope=scope)
        version = QueryParams(scope.get("query_string", b"")).get("v")
        headers = {
            "ETag": f'"{asset.digest}"',
            "Cache-Control": _YEAR if version == asset.digest else "no-cache",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if asked.get("if-none-match", "").removeprefix("W/") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        body = asset.body
        if asset.packed is not None and "gzip" in asked.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = asset.packed, "gzip"
        return Response(body, headers=headers, media_type=asset.media_type)
