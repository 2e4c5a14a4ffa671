"""Pages after results: 复查, 投诉, 撤销职称, 我的证书 and what is asked about certificates."""

from collections.abc import Mapping

from web.beside import Beside
from web.result.aftercare import certificates, complaints, lists, reexaminations, revocations
from web.result.aftercare.complaints import draw_complainant, home_of

ROUTERS = (lists.router, reexaminations.router, complaints.router, revocations.router, certificates.router)

_SAID = {
    "complaint_assignment": {"accept": "已受理并分办。", "refuse": "已登记不予受理，并告知投诉人。"},
    "complaint_finding": {"done": "核查情况已提交，由职改办答复。"},
    "complaint_decision": {
        "founded": "已答复投诉人。",
        "unfounded": "已答复投诉人。",
        "return_for_finding": "已退回核查。",
    },
}
AFTERCARE_BESIDE: Mapping[str, Beside] = {form: Beside(draw_complainant, home_of, said) for form, said in _SAID.items()}
