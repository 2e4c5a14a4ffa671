"""Database, transaction and column types: what every slice's tables and commands stand on."""

from engine.db.database import PLANNED_ANEW, Database
from engine.db.metadata import metadata
from engine.db.transaction import Transaction
from engine.db.types import Json, Key, UtcDateTime, enum_column

__all__ = ["PLANNED_ANEW", "Database", "Json", "Key", "Transaction", "UtcDateTime", "enum_column", "metadata"]
