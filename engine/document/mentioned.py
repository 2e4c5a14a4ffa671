"""Files as the values of forms mention them."""

from collections.abc import Mapping

#: what a form keeps of a file
DESCRIPTOR = {"id", "name", "size", "type"}


def file_keys(value: object) -> set[int]:
    """The keys of the attachments somewhere in the values."""
    if isinstance(value, list):
        return set().union(*map(file_keys, value))
    if not isinstance(value, Mapping):
        return set()
    if value.keys() == DESCRIPTOR:
        return {int(value["id"])}
    return set().union(*map(file_keys, value.values()))
