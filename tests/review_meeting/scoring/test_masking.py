"""盲审: what tells whose dossier it is goes, also inside texts and names of files."""

import pytest

from engine.review_meeting.scoring.masking import HIDDEN, Mask

ROW = {"name": "测试申报人", "identity_number": "990000198503101014", "unit_name": "示范医院", "school": "示范大学"}
FILE = {"id": "12345678", "name": "测试申报人论文.pdf", "size": 10, "type": "application/pdf"}


@pytest.mark.catalogue("M13")
def test_names_numbers_units_and_schools_go_wherever_they_stand() -> None:
    values = {
        "basic_info": {
            "name": "测试申报人",
            "mobile_number": "13000000000",
            "work_summary": "测 试申报人在示范医院工作。",
        },
        "education": [{"school": "示范理工大学", "major": "100201K", "ended_on": "2006-06"}],
        "employment": [{"employer": "示范县医院", "witness": "证示人", "description": "与证示人共事"}],
        "project": [{"name": "示范课题", "duty": "代表示范县医院主持，毕业于示范大学"}],
    }
    masked = Mask.of(ROW, values).values(values)
    assert masked == {
        "basic_info": {"name": HIDDEN, "mobile_number": None, "work_summary": f"{HIDDEN}在{HIDDEN}工作。"},
        "education": [{"school": HIDDEN, "major": "100201K", "ended_on": "2006-06"}],
        "employment": [{"employer": HIDDEN, "witness": HIDDEN, "description": f"与{HIDDEN}共事"}],
        "project": [{"name": "示范课题", "duty": f"代表{HIDDEN}主持，毕业于{HIDDEN}"}],
    }


def test_files_keep_their_place_and_lose_their_names() -> None:
    values = {"paper": [{"title": "论文", "full_text": [FILE]}]}
    masked = Mask.of(ROW, values).values(values)
    assert masked == {"paper": [{"title": "论文", "full_text": [{**FILE, "name": "附件-5678.pdf"}]}]}


def test_the_longer_name_goes_before_the_shorter_one_inside_it() -> None:
    row = {**ROW, "unit_name": "示范大学第三附属医院"}
    assert Mask.of(row, {}).text("示范大学第三附属医院") == HIDDEN
