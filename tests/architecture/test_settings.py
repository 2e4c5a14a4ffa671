"""Every setting is explained to whoever operates the system."""

import re

from tests.architecture.repository import ROOT


def test_every_setting_is_named_in_the_operating_guide() -> None:
    settings = set(re.findall(r"ZHIPING_[A-Z_]+[A-Z]", (ROOT / "engine" / "settings.py").read_text()))
    explained = set(re.findall(r"ZHIPING_[A-Z_]+[A-Z]", (ROOT / "docs" / "operating.md").read_text()))
    assert explained == settings
