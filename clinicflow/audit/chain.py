"""The hash chain over a clinic's audit log: sealing new entries, and finding the first that was tampered with.

Sealing runs in the background; inside the request it would serialize a clinic's writes (measured: 716 → 46 a second).
Each link is `sha256(previous ‖ canonical row)`. The owner of the database could rebuild the whole chain: store the
head that `verify_audit` prints outside of it.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from clinicflow.audit.models import AuditHead, AuditLog, AuditSeal

GENESIS = bytes(32)
# A fixed text for every value: `::text` of an instant would depend on the session's time zone.
CANONICAL = """jsonb_build_array(
    l.id, l.event_id, l.clinic_id, to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.user_id,
    l.actor_kind, l.role, l.action, l.resource_type, l.resource_id, to_jsonb(l.patient_ids), l.old_values, l.new_values,
    l.outcome, l.reason, host(l.ip_address), l.user_agent, l.request_id)::text"""
UNSEALED = f"""
    select l.id, {CANONICAL}, pg_snapshot_xmin(pg_current_snapshot())::text
    from audit_logs l
    where l.clinic_id = %s
      and l.tx >= coalesce((select max(horizon) from audit_seals where clinic_id = %s), '0'::xid8)
      and l.tx < pg_snapshot_xmin(pg_current_snapshot())
    order by l.id"""  # noqa: S608 - built from constants
CHAIN = f"""
    select s.sequence, s.sealed_hash, case when l.id is not null then {CANONICAL} end
    from audit_seals s left join audit_logs l on l.id = s.entry_id
    where s.clinic_id = %s and s.sequence > %s
    order by s.sequence limit 5000"""  # noqa: S608 - built from constants
OLDEST_UNSEALED = """
    select min(l.at) from audit_logs l left join audit_seals s on s.entry_id = l.id
    where l.clinic_id = %s and s.id is null"""


@dataclass(frozen=True)
class Verdict:
    """The result of verifying a chain: the number of intact links, the first broken one, and the head to store
    elsewhere."""

    links: int
    head: str
    broken_at: int | None = None
    problem: str = ""
    oldest_unsealed: dt.datetime | None = None

    @property
    def is_intact(self) -> bool:
        return self.broken_at is None


def link(previous: bytes, canonical: str) -> bytes:
    """The hash of the next link."""
    return hashlib.sha256(previous + canonical.encode()).digest()


@transaction.atomic
def seal(clinic_id: UUID) -> int:
    """Seal the entries of all finished transactions; returns how many. The caller is in the clinic's scope.

    An advisory lock allows one run per clinic at a time; a second one returns 0.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{clinic_id}"])
        if not cursor.fetchone()[0]:
            return 0
        head = AuditHead.objects.filter(clinic_id=clinic_id).first()
        sequence, previous = (head.sequence, bytes(head.sealed_hash)) if head else (0, GENESIS)
        cursor.execute(UNSEALED, [clinic_id, clinic_id])
        rows = []
        for entry, canonical, horizon in cursor.fetchall():
            sequence += 1
            previous = link(previous, canonical)
            rows.append((clinic_id, sequence, entry, previous, horizon))
        if rows:
            cursor.executemany(
                "insert into audit_seals (clinic_id, sequence, entry_id, sealed_hash, horizon) "
                "values (%s, %s, %s, %s, %s::xid8)",
                rows,
            )
            AuditHead.objects.update_or_create(
                clinic_id=clinic_id, defaults={"sequence": sequence, "sealed_hash": previous}
            )
    return len(rows)


@transaction.atomic
def verify(clinic_id: UUID) -> Verdict:
    """Recompute the whole chain and find the first broken link. The caller is in the clinic's scope.

    Sealing is locked out meanwhile, so that a growing chain is not reported as truncated.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{clinic_id}"])
    previous, expected = GENESIS, 0
    for sequence, sealed, canonical in _links(clinic_id):
        expected += 1
        if sequence != expected:
            return _broken(expected, previous, "its seal is missing")
        if canonical is None:
            return _broken(sequence, previous, "the entry it sealed is missing")
        computed = link(previous, canonical)
        if computed != bytes(sealed):
            return _broken(sequence, previous, "the entry was changed")
        previous = computed
    head = AuditHead.objects.filter(clinic_id=clinic_id).first()
    if head is not None and (head.sequence != expected or bytes(head.sealed_hash) != previous):
        return _broken(expected + 1, previous, f"the chain should end at {head.sequence}")
    if head is None and expected:
        return _broken(expected + 1, previous, "the head of the chain is missing")
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_UNSEALED, [clinic_id])
        oldest = cursor.fetchone()[0]
    return Verdict(expected, previous.hex(), oldest_unsealed=oldest)


@dataclass(frozen=True)
class SealState:
    """How far a clinic's chain reaches: its links, when the last was added, when its oldest unsealed entry was made."""

    links: int
    last_at: dt.datetime | None
    oldest_unsealed: dt.datetime | None


def sealed_state(clinic_id: UUID) -> SealState:
    """How far the chain reaches, without verifying it. Two queries."""
    last = AuditSeal.objects.filter(clinic_id=clinic_id).order_by("-sequence").first()
    after = last.entry_id if last else 0
    unsealed = AuditLog.objects.filter(clinic_id=clinic_id, pk__gt=after).order_by("pk").values_list("at", flat=True)
    return SealState(last.sequence if last else 0, last.sealed_at if last else None, unsealed.first())


def _links(clinic_id: UUID) -> Iterator[tuple[int, bytes, str | None]]:
    """Sequence, hash and canonical row (None if missing) of every link, in order."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(CHAIN, [clinic_id, after])
            page = cursor.fetchall()
        if not page:
            return
        yield from page
        after = page[-1][0]


def _broken(sequence: int, previous: bytes, problem: str) -> Verdict:
    return Verdict(sequence - 1, previous.hex(), sequence, problem)
