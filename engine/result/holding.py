"""Which title somebody holds by a certificate of ours: the answer to the port of `engine.declaration.held_titles` (W15)."""

from engine.db import Transaction
from engine.declaration.held_titles import HeldTitle, HeldTitles
from engine.result.certificates import valid_certificate
from engine.result.tables import CertificateKind

#: how the form calls what a certificate goes back to
OBTAINED_BY = {
    CertificateKind.REVIEW: "review",
    CertificateKind.RECOGNITION: "appraisal",
    CertificateKind.CONFIRMATION: "appraisal",
}
SAME = ("title_category", "title_series", "specialty", "title_name", "title_level")


class CertifiedTitles(HeldTitles):
    """Answers from the certificates."""

    def title_of(self, tx: Transaction, person: int) -> HeldTitle | None:
        row = valid_certificate(tx, person)
        if row is None:
            return None
        return HeldTitle(
            **{name: row[name] for name in (*SAME, "obtained_on", "document_no", "certificate_no")},
            obtained_by=OBTAINED_BY[row["kind"]],
        )
