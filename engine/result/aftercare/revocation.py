"""撤销职称 (J16): begun by the title office for a certificate; the way is `processes/result/title_revocation.bpmn`."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.standing import barred_until
from engine.declaration.stopping import stop_declarations
from engine.errors import NotFound, Refused
from engine.flow.contexts import JobContext
from engine.organisation import unit_chain
from engine.organisation.integrity import RecordKind, write_record
from engine.organisation.tables import State, account
from engine.result.aftercare.certificates import certificate_words, current_of
from engine.result.aftercare.requests import open_request
from engine.result.tables import CertificateState, title_certificate

PROCESS = "title_revocation"
t = title_certificate.c


def start_revocation(tx: Transaction, actor: Actor, certificate: int) -> int:
    """Begin for a certificate in force; the key of the task in which the facts are written. The person sees nothing of it before the
    diagram tells them what is held against them.

    Raises `NotAllowed` outside the title office, `NotFound`, `Refused` where the certificate is not in force or one is under way.
    """
    authorize(actor, Permission.RESULTS_APPROVE)
    row = tx.row(sa.select(title_certificate).where(t.key == certificate))
    if row is None or actor.unit is None:
        raise NotFound
    if row.state is not CertificateState.VALID:
        raise Refused("该证书已撤销或者已换发，不能撤销；换发的请从新证书撤销。")
    office = unit_chain(tx, actor.unit)[-1]
    a = account.c
    login = tx.value(sa.select(a.login).where(a.person == row.person, a.state == State.ACTIVE).limit(1))
    words = certificate_words(tx, dict(row._mapping))
    return open_request(
        tx,
        actor,
        PROCESS,
        f"{row.certificate_no}-CX",
        {
            "certificate": row.key,
            "certificate_no": row.certificate_no,
            "certificate_words": words,
            "person": row.person,
            "person_name": row.name,
            "person_login": login,
            "title_office": office.id,
            "title_office_name": office.name,
            "statement": None,
        },
        unit=office.id,
        year=local(tx.now).year,
        title=f"撤销职称 {row.name} {words}",
    )


def revoke_title(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job of that name: the certificate in force now is revoked, and for `years` (a header) the person neither declares nor
    reviews; a declaration of theirs that is under way is stopped. Gives `barred_until`, the last day of it."""
    variables, years = context.variables, int(context.headers["years"])
    held = current_of(tx, int(variables["certificate"]))
    reason = str(variables["decision"]["opinion"])
    tx.execute(
        sa.update(title_certificate)
        .where(t.key == held["key"])
        .values(state=CertificateState.REVOKED, revoked_at=tx.now, reason=reason[:500])
    )
    until = barred_until(tx, years)
    source = f"撤销职称 {context.business_key}"
    for kind in (RecordKind.INTEGRITY, RecordKind.EXPERT):
        write_record(
            tx,
            context.actor or SYSTEM,
            person=held["person"],
            kind=kind,
            reason=f"弄虚作假被撤销职称：{reason}"[:200],
            until=until,
            source=source,
        )
    stop_declarations(
        tx,
        context.actor or SYSTEM,
        person=held["person"],
        reason=f"被撤销职称：{reason}"[:200],
        until=until,
        source=source,
        from_case=context.case_key,
    )
    return {"barred_until": until.isoformat()}
