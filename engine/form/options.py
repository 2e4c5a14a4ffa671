"""What one may choose from, and who knows the code lists."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.reference import Option

__all__ = ["NoOptions", "Option", "OptionSource"]


class OptionSource(Protocol):
    """Where the property `refList` of a choice finds its options."""

    def options(self, ref_list: str, filters: Mapping[str, object]) -> Sequence[Option]:
        """The entries of the code list that fit `filters`, in the order they are shown.

        `filters` holds `parent` where the component has `refParent`, and the entries of `refFilter`. An unknown
        list has no options.
        """
        ...

    def label(self, ref_list: str, value: str) -> str:
        """How a stored value reads, retired ones too; the value itself where the list does not know it."""
        ...


class NoOptions:
    """The source of forms that use no code list."""

    def options(self, ref_list: str, filters: Mapping[str, object]) -> Sequence[Option]:
        return ()

    def label(self, ref_list: str, value: str) -> str:
        return value
