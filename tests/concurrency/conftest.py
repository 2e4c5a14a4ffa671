"""The fixture `ground`."""

from tests.chaos.ground import ground

__all__ = ["ground"]
