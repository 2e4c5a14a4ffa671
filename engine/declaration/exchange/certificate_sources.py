"""What a column of a file of certificates may hold, and the map that is used where no unit keeps one of its own (W15).

No layout of the national query service (全国职称评审信息查询) is published; these are the items its pages ask for and show. A unit that
is given another layout keeps a map of its own with 用途 报送职称证书.
"""

from collections.abc import Mapping, Sequence

from engine.declaration.exchange.sources import Format, Source

#: name → label, and the code list of those that hold codes
_HELD: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", ""),
    "identity_type": ("证件类型", "identity_type"),
    "identity_number": ("证件号码", ""),
    "sex": ("性别", "sex"),
    "born_on": ("出生日期", ""),
    "unit_name": ("工作单位", ""),
    "title_category": ("职称类别", "title_category"),
    "title_series": ("职称系列", "title_series"),
    "specialty": ("专业", "specialty"),
    "title_level": ("职称级别", "title_level"),
    "title_name": ("资格名称", "title_name"),
    "obtained_by": ("取得方式", ""),
    "obtained_on": ("取得时间", ""),
    "certificate_no": ("证书编号", ""),
    "state": ("证书状态", ""),
    "issuer": ("发证单位", ""),
    "committee_name": ("评审委员会", ""),
    "document_no": ("批准文号", ""),
    "document_date": ("发文日期", ""),
    "code": ("查验码", ""),
}
CERTIFICATE_SOURCES: Mapping[str, Source] = {
    name: Source(name, f"证书 · {label}", key=name, code_list=code_list) for name, (label, code_list) in _HELD.items()
}
#: what the shipped map leaves out: who verifies a certificate has its code in hand
_KEPT_BACK = frozenset({"title_category", "code"})
NATIONAL_NAME = "全国职称查询服务"
#: 全国职称查询服务, as the templates keep their columns
NATIONAL: Sequence[Mapping[str, str]] = [
    {"title": label, "source": name, "format": Format.LABEL.value, "text": ""}
    for name, (label, _) in _HELD.items()
    if name not in _KEPT_BACK
]
