"""Files that pages make: shown or kept."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def file_answer(request: Request, content: bytes, name: str) -> Response:
    """The file; a PDF is shown unless `download=1` asks to keep it, everything else is kept."""
    ending = name.rpartition(".")[2]
    shown = ending == "pdf" and request.query_params.get("download") != "1"
    return Response(
        content,
        media_type=KINDS[ending],
        headers={
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "private, no-store",
        },
    )
