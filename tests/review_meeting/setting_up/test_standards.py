"""The standard of a meeting: submitted, returned, confirmed by the chair (M9, M10)."""

from decimal import Decimal

import pytest

from engine.errors import InvalidInput, Refused, StaleTask
from engine.review_meeting.standards import (
    Item,
    StandardFields,
    first_items,
    remove_standard,
    save_standard,
    standards_of,
)
from engine.review_meeting.tables import StandardState
from tests.review_meeting.setting_up.hall import STANDARD, Hall


@pytest.mark.catalogue("M9", "M10")
def test_a_standard_is_submitted_returned_changed_and_confirmed_by_the_chair(hall: Hall) -> None:
    key = hall.chaired()
    standard = hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    with pytest.raises(Refused):
        hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(InvalidInput):
        hall.do(key, "confirm_standard", by=hall.chair(key), outcome="return_for_revision", opinion="")
    hall.do(key, "confirm_standard", by=hall.chair(key), outcome="return_for_revision", opinion="加大业绩权重")
    assert [one["state"] for one in hall.ask(standards_of, key)] == [StandardState.RETURNED]
    hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(StaleTask):
        hall.run(save_standard, key, STANDARD, standard=standard, version=1)
    with pytest.raises(StaleTask):
        hall.run(remove_standard, key, standard, version=1)
    hall.do(key, "set_standard", outcome="submit")
    hall.do(key, "confirm_standard", by=hall.chair(key), outcome="approve")
    held = hall.ask(standards_of, key)[0]
    assert (held["state"], held["confirmed_by"]) == (StandardState.CONFIRMED, hall.chair(key).login)


@pytest.mark.catalogue("M9")
@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "item_0"),
        ([Item("甲", Decimal(50), Decimal(1))], "weight_0"),
        ([Item("甲", Decimal(50), Decimal(1)), Item("甲", Decimal(50), Decimal(1))], "item_1"),
        ([Item("甲", Decimal(0), Decimal(1))], "points_0"),
    ],
)
def test_items_reach_a_hundred_together(hall: Hall, items: list[Item], field: str) -> None:
    key = hall.chaired()
    with pytest.raises(InvalidInput) as caught:
        hall.run(save_standard, key, StandardFields("标准", (), tuple(items)))
    assert field in caught.value.fields


@pytest.mark.catalogue("M9")
def test_every_group_has_one_standard(hall: Hall) -> None:
    key = hall.chaired()
    first, second = hall.group_ids(key)
    hall.run(save_standard, key, StandardFields("甲", (first,), tuple(first_items())))
    with pytest.raises(InvalidInput) as caught:
        hall.do(key, "set_standard", outcome="submit")
    assert caught.value.fields == {f"group[{second}]": ["“第2组”还没有评分标准"]}
    hall.run(save_standard, key, StandardFields("乙", (), tuple(first_items())))
    hall.do(key, "set_standard", outcome="submit")
