"""What the lists are called and how they hang together: the words of 系统管理 → 代码表."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A list as an administrator meets it. `parent` is the list its parents come from, itself for a tree; `extra` holds
    the label of each further attribute, `chosen_from` the list the values of some of them come from; `ranked` says that
    its values have an order of height."""

    label: str
    group: str
    parent: str | None = None
    extra: Mapping[str, str] | None = None
    chosen_from: Mapping[str, str] | None = None
    ranked: bool = False

    @property
    def attributes(self) -> Mapping[str, str]:
        return self.extra or {}

    @property
    def sources(self) -> Mapping[str, str]:
        """The list an attribute's values come from, by attribute."""
        return self.chosen_from or {}


GROUPS: Sequence[str] = ("职称目录", "申报设置", "学历学位", "个人信息", "单位信息", "其他")

CODE_TABLES: Mapping[str, CodeTable] = {
    "title_category": CodeTable("申报类别", "职称目录"),
    "title_series": CodeTable(
        "申报系列", "职称目录", parent="title_category", extra={"series_no": "系列序号", "series": "所属系列"}
    ),
    "specialty": CodeTable("申报专业", "职称目录", parent="title_series", extra={"track": "专业类别"}),
    "title_name": CodeTable(
        "职称名称",
        "职称目录",
        parent="title_series",
        extra={"title_level": "职称等级", "track": "专业类别", "source": "来源"},
        chosen_from={"title_level": "title_level"},
    ),
    "title_level": CodeTable(
        "职称等级", "职称目录", extra={"name": "级别名称", "group": "级别组", "step": "级次"}, ranked=True
    ),
    "declaration_route": CodeTable("申报方式", "申报设置", extra={"definition": "定义", "level_rule": "等级规则"}),
    "review_mode": CodeTable("评审方式", "申报设置"),
    "base_material": CodeTable(
        "申报基础材料",
        "申报设置",
        extra={"required": "必须", "hint": "说明", "template": "有模板", "provided_by": "由谁提供"},
    ),
    "appraisal_grade": CodeTable("年度考核档次", "申报设置", extra={"scope": "适用范围"}),
    "school_location_class": CodeTable("所在地类别", "申报设置"),
    "education_level": CodeTable("学历", "学历学位", extra={"completed": "毕业"}, ranked=True),
    "degree": CodeTable("学位", "学历学位", parent="degree"),
    "major": CodeTable("所学专业", "学历学位"),
    "schooling_length": CodeTable("学制", "学历学位"),
    "years_of_study": CodeTable("学习年限", "学历学位"),
    "identity_type": CodeTable("证件类型", "个人信息"),
    "sex": CodeTable("性别", "个人信息"),
    "ethnicity": CodeTable("民族", "个人信息"),
    "political_status": CodeTable("政治面貌", "个人信息"),
    "region": CodeTable(
        "行政区划",
        "单位信息",
        parent="region",
        extra={"level": "层级", "direct": "省直管", "local": "本省自编代码"},
    ),
    "organisation_category": CodeTable("机构单位类别", "单位信息"),
    "organisation_nature": CodeTable("机构单位性质", "单位信息"),
    "economic_type": CodeTable("经济类型", "单位信息", parent="economic_type"),
    "industry": CodeTable("行业", "单位信息"),
    "employer_type": CodeTable("现工作单位类型", "单位信息"),
    "yes_no": CodeTable("是否", "其他"),
}


def code_table(name: str) -> CodeTable:
    """What is known of a list; one that nobody has described goes by its own name."""
    return CODE_TABLES.get(name) or CodeTable(name, "其他")
