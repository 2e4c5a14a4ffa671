"""The roles that review at a unit, as people call them."""

from collections.abc import Mapping

UNIT_ROLES: Mapping[str, str] = {"case_officer": "经办人", "unit_leader": "领导"}
