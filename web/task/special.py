"""Pages of their own for the tasks of certain forms. The slice that has one registers it through `web.app`."""

from collections.abc import Callable
from dataclasses import dataclass, field

#: makes the address of the page from the keys of a task and its case
UrlBuilder = Callable[[int, int], str]


@dataclass
class SpecialPages:
    """Form id → where its tasks are done. Every other form is drawn by the generic page."""

    _pages: dict[str, UrlBuilder] = field(default_factory=dict)
    _personal: set[str] = field(default_factory=set)

    def register(self, form_id: str, url: UrlBuilder, *, personal: bool = False) -> None:
        """Let tasks with this form be done at `url(task_key, case_key)`; a `personal` page, such as a ballot, opens for the assignee alone.

        Raises `ValueError` where one is registered already.
        """
        if form_id in self._pages:
            raise ValueError(f"{form_id} has two pages")
        self._pages[form_id] = url
        if personal:
            self._personal.add(form_id)

    def is_personal(self, form_id: str | None) -> bool:
        """Whether the page of this form opens for the assignee alone, whatever rights others have."""
        return form_id in self._personal

    def url_of(self, form_id: str | None, task_key: int, case_key: int) -> str | None:
        """The address of the page of this form's own, None where the generic page draws it."""
        url = self._pages.get(form_id or "")
        return url(task_key, case_key) if url else None


SPECIAL_PAGES = SpecialPages()
