"""What is filtered, as a file to take along."""

from __future__ import annotations

import shutil
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from propension.board.exports import (
    Export,
    export_csv,
    export_excel,
    room_to_write,
    scratch_folder,
)
from propension.board.filters import Selection
from propension.board.refused import RefusedError
from propension.board.visit import ViewersVisit

router = APIRouter()
_EXPORTS: dict[str, tuple[Export, str]] = {
    "csv": (export_csv, "text/csv; charset=utf-8"),
    "excel": (export_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@router.get("/export/{kind}")
def export(visit: ViewersVisit, kind: Literal["csv", "excel"]) -> Response:
    """Hand out exactly what is filtered, in the order it is shown."""
    selection = Selection.read(visit.request.query_params)
    if visit.is_outdated:
        raise RefusedError(409, "accounts.replaced")
    write, media = _EXPORTS[kind]
    folder = scratch_folder(visit)
    try:
        with room_to_write():
            path = write(visit, selection, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"{visit.open_list.as_of}-{visit.run}-{path.name}"
    away = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, media_type=media, filename=name, background=away)
