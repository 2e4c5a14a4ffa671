"""What a workbook of another system may bring: the applicants it lists."""

from collections.abc import Mapping

#: what a column may be taken for
IMPORT_SOURCES: Mapping[str, str] = {
    "name": "姓名",
    "identity_type": "证件类型",
    "identity_number": "证件号码",
    "mobile": "手机号码",
    "department": "所在部门",
    "employer": "实际工作单位",
}
#: without these nobody can be enrolled
REQUIRED = frozenset({"name", "identity_number", "mobile"})
