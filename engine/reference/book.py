"""The code lists of one review year, in memory: what forms choose from and how a stored value is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.reference.options import Option


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list. `extra` holds the attributes of that list, e.g. the level of a title, always as text."""

    list: str
    value: str
    label: str
    parent: str | None = None
    rank: int | None = None
    active: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    def fits(self, filters: Mapping[str, object]) -> bool:
        """True where parent and attributes equal the filters. An attribute the entry does not have fits everything."""
        return all(self._has(name, "" if wanted is None else str(wanted)) for name, wanted in filters.items())

    def _has(self, name: str, wanted: str) -> bool:
        if name == "parent":
            return (self.parent or "") == wanted
        own = self.extra.get(name)
        return own is None or own == wanted


class CodeBook:
    """The lists as they stand for `year`. It never changes; `CodeLists.book` gives the present one.

    Chains of choices follow `parent`: 申报类别 `title_category` → 申报系列 `title_series` → 申报专业 `specialty`. The parent of a
    职称名称 `title_name` is a series or a specialty (then only the titles of its track are left); the attribute
    `title_level` narrows it. The parent of a 职称等级 `title_level` is a title or a series.
    """

    def __init__(self, year: int, codes: Iterable[Code]) -> None:
        self.year = year
        lists: dict[str, list[Code]] = {}
        for code in codes:
            lists.setdefault(code.list, []).append(code)
        self._lists = {name: tuple(found) for name, found in lists.items()}
        self._by_value = {(code.list, code.value): code for found in lists.values() for code in found}

    @property
    def lists(self) -> Sequence[str]:
        """The names of all lists."""
        return sorted(self._lists)

    def codes(self, name: str) -> Sequence[Code]:
        """Every entry of a list in the order shown, retired ones too; empty for an unknown list."""
        return self._lists.get(name, ())

    def find(self, name: str, value: str | None) -> Code | None:
        """The entry with that value, retired or not."""
        return self._by_value.get((name, value or ""))

    def label(self, name: str, value: str | None) -> str:
        """How a stored value is read; the value itself where the list does not know it."""
        found = self.find(name, value)
        return found.label if found else value or ""

    def path_label(self, name: str, value: str | None, separator: str = "") -> str:
        """The labels from the topmost parent down: 河北省石家庄市长安区."""
        labels: list[str] = []
        found = self.find(name, value)
        while found is not None:
            labels.insert(0, found.label)
            found = self.find(name, found.parent)
        return separator.join(labels)

    def options(self, ref_list: str, filters: Mapping[str, object]) -> list[Option]:
        """The active entries that fit `filters`, in the order shown. A chain whose parent is not chosen yet offers nothing."""
        return [Option(code.value, code.label) for code in self._fitting(ref_list, filters) if code.active]

    def _fitting(self, name: str, filters: Mapping[str, object]) -> list[Code]:
        parent = str(filters.get("parent") or "")
        if "parent" in filters and name == "title_level":
            return self._levels(parent)
        if "parent" in filters and name == "title_name":
            filters = {**filters, **self._track(parent)}
        return [code for code in self.codes(name) if code.fits(filters)]

    def _track(self, parent: str) -> dict[str, object]:
        """A specialty as parent of titles stands for its series, and for its track where it has one."""
        specialty = self.find("specialty", parent)
        if specialty is None:
            return {}
        track = specialty.extra.get("track")
        return {"parent": specialty.parent, **({"track": track} if track else {})}

    def _levels(self, parent: str) -> list[Code]:
        title = self.find("title_name", parent)
        titles = [title] if title else [code for code in self.codes("title_name") if code.parent == parent]
        levels = {code.extra["title_level"] for code in titles}
        return [code for code in self.codes("title_level") if code.value in levels]
