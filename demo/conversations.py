"""Conversations about visits: confirmation requests, replies, and the few that wait for a staff reply."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiassist.models import Interaction
from clinicflow.core import clock
from demo import phrases
from demo.factories import SeededRandom
from demo.plan import ClinicPlan
from demo.visits import DemoVisit
from scheduling.models import Appointment, Message

DAY = dt.timedelta(days=1)
MESSAGE_DAYS = 6  # worked days around today whose texts are Message rows too
MAX_ESCALATED = 4
NO_LINK = "…"  # what staff read in its place


@dataclass(kw_only=True)
class ConversationFactory:
    """Builds the unsaved conversations and messages of one clinic."""

    plan: ClinicPlan
    now: dt.datetime
    desk_id: UUID
    interactions: list[Interaction] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    escalated: int = 0

    def add(self, visits: Iterable[DemoVisit]) -> None:
        """Add conversations and intake messages of these visits; also sets who confirmed them."""
        for visit in visits:
            rng = SeededRandom("talks", visit.row.pk)
            if self._may_escalate(visit) and rng.happens(0.5):
                self._escalate(visit, rng)
            elif visit.steps <= 3 and not visit.row.walk_in and rng.happens(0.82):
                self._request(visit, rng)
            if -MESSAGE_DAYS <= visit.steps <= MESSAGE_DAYS:
                self._intake_text(visit, rng)

    # ------------------------------------------------------------------ completed conversations
    def _request(self, visit: DemoVisit, rng: SeededRandom) -> None:
        """A confirmation request by text or call, with the patient's answer if there is one."""
        row = visit.row
        requested_at = self._after_booking(row, row.starts_at - DAY * (3 if rng.happens(0.6) else 1))
        answered_at = requested_at + rng.minutes(2, 400)
        answered = row.status in {"confirmed", "completed"} and answered_at < min(self.now, row.starts_at)
        if answered:
            row.confirmed_by = Appointment.ConfirmedBy.PATIENT
        if rng.happens(0.15):
            self._call(visit, rng, requested_at, answered)
            return
        entries = [self._entry("outbound", phrases.CONFIRM_ASK, visit, requested_at)]
        if answered:
            entries.append(self._entry("inbound", rng.one(phrases.CONFIRM_YES), visit, answered_at))
            entries.append(self._entry("outbound", phrases.CONFIRMED, visit, answered_at + dt.timedelta(seconds=2)))
        elif row.status == "cancelled" and row.updated_at > requested_at and not row.rescheduled:
            entries.append(self._entry("inbound", "X", visit, row.updated_at))
            entries.append(self._entry("outbound", phrases.CANCELLED, visit, row.updated_at))
        is_over = len(entries) > 1 or row.starts_at < self.now
        status = "completed" if len(entries) > 1 else "no-answer" if is_over else "in-progress"
        self._add(visit, rng, channel="sms", status=status, entries=entries)

    def _call(self, visit: DemoVisit, rng: SeededRandom, at: dt.datetime, answered: bool) -> None:
        seconds = rng.randint(38, 95)
        call: dict[str, Any] = {
            "kind": "call",
            "direction": "outbound",
            "at": at.isoformat(),
            "duration": seconds if answered else 0,
            "outcome": "confirmed" if answered else "no-answer",
            "transcript": self._transcript(phrases.CALL_CONFIRMED, visit) if answered else [],
        }
        self._add(
            visit,
            rng,
            channel="voice",
            status="completed" if answered else "no-answer",
            entries=[call],
            duration=f"{seconds // 60}m {seconds % 60:02d}s" if answered else "",
        )

    def _intake_text(self, visit: DemoVisit, rng: SeededRandom) -> None:
        row = visit.row
        if row.intake_status == "missing" or not row.patient.phone:
            return
        at = min(row.created_at + dt.timedelta(minutes=1), self.now)
        self._row(visit, rng, "intake-link", "outbound", self._fill(phrases.INTAKE_ASK, visit), at)

    # ------------------------------------------------------------------ escalated conversations
    def _may_escalate(self, visit: DemoVisit) -> bool:
        row = visit.row
        waits = row.status == "unconfirmed" and not row.needs_attention
        return waits and self.escalated < MAX_ESCALATED and 0 <= visit.steps <= 1

    def _escalate(self, visit: DemoVisit, rng: SeededRandom) -> None:
        reason, reply = phrases.ESCALATED_REPLIES[self.escalated % len(phrases.ESCALATED_REPLIES)]
        self.escalated += 1
        row = visit.row
        requested_at = self._after_booking(row, row.starts_at - DAY)
        replied_at = max(requested_at, self.now - rng.minutes(4, 26) * self.escalated)
        if reason == "requested-human" and self.escalated > 3:
            entries = [
                {
                    "kind": "call",
                    "direction": "outbound",
                    "at": replied_at.isoformat(),
                    "duration": 21,
                    "outcome": "paused",
                    "transcript": self._transcript(phrases.CALL_PAUSED, visit),
                }
            ]
            reason, channel = "paused-interaction", "voice"
        else:
            channel = "sms"
            entries = [
                self._entry("outbound", phrases.CONFIRM_ASK, visit, requested_at),
                self._entry("inbound", reply, visit, replied_at),
            ]
        row.needs_attention, row.attention_reason = True, reason
        self._add(visit, rng, channel=channel, status="escalated", entries=entries, reason=reason)

    # ------------------------------------------------------------------ rows
    def _add(
        self,
        visit: DemoVisit,
        rng: SeededRandom,
        *,
        channel: str,
        status: str,
        entries: list[dict[str, Any]],
        duration: str = "",
        reason: str = "",
    ) -> None:
        row = visit.row
        first, last = (dt.datetime.fromisoformat(entries[end]["at"]) for end in (0, -1))
        was_escalated = not reason and status == "completed" and rng.happens(0.1)
        if was_escalated and row.confirmed_by:
            row.confirmed_by = Appointment.ConfirmedBy.STAFF
        self.interactions.append(
            Interaction(
                id=rng.id_at(first),
                clinic_id=row.clinic_id,
                appointment=row,
                patient=row.patient,
                doctor=row.doctor,
                channel=channel,
                direction="outbound",
                status=status,
                content=entries,
                duration=duration,
                needs_attention=bool(reason),
                attention_reason=reason or ("complex-question" if was_escalated else ""),
                needs_response=bool(reason),
                last_message_at=last,
                resolved_at=min(last + rng.minutes(3, 40), self.now) if was_escalated else None,
                resolved_by_id=self.desk_id if was_escalated else None,
                resolution_note=rng.one(phrases.RESOLUTIONS) if was_escalated else "",
                created_at=first,
                updated_at=last,
            )
        )
        if channel == "sms" and visit.steps >= -MESSAGE_DAYS:
            for part in entries:
                kind = "confirmation" if part["direction"] == "outbound" else "reply"
                self._row(visit, rng, kind, part["direction"], part["text"], dt.datetime.fromisoformat(part["at"]))
                part["message_id"] = str(self.messages[-1].pk)

    def _row(self, visit: DemoVisit, rng: SeededRandom, kind: str, direction: str, body: str, at: dt.datetime) -> None:
        self.messages.append(
            Message(
                id=rng.id_at(at),
                clinic_id=visit.row.clinic_id,
                patient=visit.row.patient,
                appointment=visit.row,
                kind=kind,
                channel="sms",
                direction=direction,
                address=str(visit.row.patient.phone),
                body=body,
                console_body=body,
                provider="console",
                status="sent" if direction == "outbound" else "received",
                sent_at=at,
                created_at=at,
                updated_at=at,
            )
        )

    def _entry(self, direction: str, text: str, visit: DemoVisit, at: dt.datetime) -> dict[str, Any]:
        return {"kind": "message", "direction": direction, "text": self._fill(text, visit), "at": at.isoformat()}

    def _transcript(self, lines: Iterable[tuple[str, str]], visit: DemoVisit) -> list[dict[str, str]]:
        return [{"speaker": speaker, "text": self._fill(text, visit)} for speaker, text in lines]

    def _fill(self, template: str, visit: DemoVisit) -> str:
        start = clock.local(visit.row.starts_at, self.plan.zone)
        return template.format(
            clinic=self.plan.name,
            first=visit.row.patient.first_name,
            day=f"{start:%A} {start.day} {start:%B}",
            time=f"{start.hour % 12 or 12}:{start:%M} {'am' if start.hour < 12 else 'pm'}",
            link=NO_LINK,
        )

    def _after_booking(self, row: Appointment, instant: dt.datetime) -> dt.datetime:
        return min(max(instant, row.created_at + dt.timedelta(minutes=5)), self.now)
