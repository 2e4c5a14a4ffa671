"""The six kinds of error a command may raise.

Each is a sentence in Chinese for the person who reads it. `web.errors` alone maps them to
HTTP statuses (404, 403, 422, 409, 409, 500); jobs, timers and messages turn them into incidents.
"""

from collections.abc import Mapping, Sequence


class ZhipingError(Exception):
    """操作没有完成，请稍后重试。"""

    #: what the command had done before it was refused is committed all the same
    is_kept = False

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).__doc__ or ""
        super().__init__(self.message)


class NotFound(ZhipingError):
    """没有找到您要的内容，它可能已被移走，或者您无权查看。"""


class NotAllowed(ZhipingError):
    """您没有办理此事的权限。"""


class InvalidInput(ZhipingError):
    """填写的内容有误，请按提示修改。

    `fields` maps a field path (`education[0].school`) to its sentences, in the order of the page.
    """

    def __init__(self, message: str | None = None, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message or "填写的内容有误，请按提示修改。")
        self.fields: dict[str, list[str]] = {path: list(found) for path, found in (fields or {}).items()}


class Refused(ZhipingError):
    """现在不能这样办理。"""


class StaleTask(Refused):
    """这件事项已由他人办理，请刷新后查看。"""


class ProcessFault(ZhipingError):
    """流程在此处无法继续，已记为异常，请联系管理员。

    `element` is the id of the diagram's element, `code` says what failed (`condition`, `mapping`, `no_flow`, `loop` …).
    """

    def __init__(self, message: str, element: str = "", code: str = "fault") -> None:
        super().__init__(message)
        self.element = element
        self.code = code


class Unavailable(ZhipingError):
    """系统正忙或数据库暂时无法连接，您填写的内容仍在页面上，请稍后再提交一次。"""
