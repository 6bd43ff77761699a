"""Texts and calls about visits: the request to confirm, the answer, and the few that need a person."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiassist.models import Interaction
from clinicflow.access.actor import Actor
from clinicflow.core import clock
from demo import phrases
from demo.factories import Chance
from demo.plan import ClinicPlan
from demo.visits import Visit
from intake.models import PatientLink
from intake.operations import deliveries, links
from scheduling.models import Appointment, Message

DAY = dt.timedelta(days=1)
TEXTS_OF_DAYS = 6  # worked days around today whose single texts are kept as messages too
OPEN_THREADS = 4
NO_LINK = "…"  # what staff read in its place


@dataclass(kw_only=True)
class Talks:
    """The conversations of one clinic."""

    plan: ClinicPlan
    now: dt.datetime
    desk_id: UUID
    interactions: list[Interaction] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    invitations: list[tuple[Message, Appointment]] = field(default_factory=list)
    unsettled: int = 0

    def add(self, visits: Iterable[Visit]) -> None:
        for visit in visits:
            chance = Chance("talks", visit.row.pk)
            if self._may_need_a_person(visit) and chance.happens(0.5):
                self._needs_a_person(visit, chance)
            elif visit.steps <= 3 and not visit.row.walk_in and chance.happens(0.82):
                self._asked(visit, chance)
            if -TEXTS_OF_DAYS <= visit.steps <= TEXTS_OF_DAYS:
                self._intake_text(visit, chance)

    # ------------------------------------------------------------------ the usual
    def _asked(self, visit: Visit, chance: Chance) -> None:
        """A request to confirm, and how it went."""
        row = visit.row
        asked_at = self._within(row, row.starts_at - DAY * (3 if chance.happens(0.6) else 1))
        answered_at = asked_at + chance.minutes(2, 400)
        answered = row.status in {"confirmed", "completed"} and answered_at < min(self.now, row.starts_at)
        if answered:
            row.confirmed_by = Appointment.ConfirmedBy.PATIENT
        if chance.happens(0.15):
            self._call(visit, chance, asked_at, answered)
            return
        thread = [self._said("outbound", phrases.CONFIRM_ASK, visit, asked_at)]
        if answered:
            thread.append(self._said("inbound", chance.one(phrases.CONFIRM_YES), visit, answered_at))
            thread.append(self._said("outbound", phrases.CONFIRMED, visit, answered_at + dt.timedelta(seconds=2)))
        elif row.status == "cancelled" and row.updated_at > asked_at and not row.rescheduled:
            thread.append(self._said("inbound", "X", visit, row.updated_at))
            thread.append(self._said("outbound", phrases.CANCELLED, visit, row.updated_at))
        over = len(thread) > 1 or row.starts_at < self.now
        status = "completed" if len(thread) > 1 else "no-answer" if over else "in-progress"
        self._keep(visit, chance, channel="sms", status=status, thread=thread)

    def _call(self, visit: Visit, chance: Chance, at: dt.datetime, answered: bool) -> None:
        seconds = chance.randint(38, 95)
        call: dict[str, Any] = {
            "kind": "call",
            "direction": "outbound",
            "at": at.isoformat(),
            "duration": seconds if answered else 0,
            "outcome": "confirmed" if answered else "no-answer",
            "transcript": self._transcript(phrases.CALL_CONFIRMED, visit) if answered else [],
        }
        self._keep(
            visit,
            chance,
            channel="voice",
            status="completed" if answered else "no-answer",
            thread=[call],
            duration=f"{seconds // 60}m {seconds % 60:02d}s" if answered else "",
        )

    def _intake_text(self, visit: Visit, chance: Chance) -> None:
        row = visit.row
        if row.intake_status == "missing" or not row.patient.phone:
            return
        at = min(row.created_at + dt.timedelta(minutes=1), self.now)
        self._row(visit, chance, "intake-link", "outbound", self._fill(phrases.INTAKE_ASK, visit), at)
        if row.intake_status == "sent" and row.is_open and row.starts_at > self.now:
            self.invitations.append((self.messages[-1], row))

    def put_links_in(self, actor: Actor) -> None:
        """Give the forms that are still to be filled in links that work, where the demo's own provider shows them."""
        for message, appointment in self.invitations:
            token = links.create(actor, appointment, PatientLink.Purpose.INTAKE)[1]
            message.console_body = message.body.replace(NO_LINK, deliveries.url_of(token))

    # ------------------------------------------------------------------ what waits for somebody
    def _may_need_a_person(self, visit: Visit) -> bool:
        return self.unsettled < OPEN_THREADS and 0 <= visit.steps <= 1 and visit.row.status == "unconfirmed"

    def _needs_a_person(self, visit: Visit, chance: Chance) -> None:
        reason, words = phrases.NEEDS_A_PERSON[self.unsettled % len(phrases.NEEDS_A_PERSON)]
        self.unsettled += 1
        row = visit.row
        asked_at = self._within(row, row.starts_at - DAY)
        replied_at = max(asked_at, self.now - chance.minutes(4, 26) * self.unsettled)
        if reason == "requested-human" and self.unsettled > 3:
            thread = [
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
            thread = [
                self._said("outbound", phrases.CONFIRM_ASK, visit, asked_at),
                self._said("inbound", words, visit, replied_at),
            ]
        row.needs_attention, row.attention_reason = True, reason
        self._keep(visit, chance, channel=channel, status="escalated", thread=thread, reason=reason)

    # ------------------------------------------------------------------ rows
    def _keep(
        self,
        visit: Visit,
        chance: Chance,
        *,
        channel: str,
        status: str,
        thread: list[dict[str, Any]],
        duration: str = "",
        reason: str = "",
    ) -> None:
        row = visit.row
        first, last = (dt.datetime.fromisoformat(thread[end]["at"]) for end in (0, -1))
        handed_over = not reason and status == "completed" and chance.happens(0.1)
        if handed_over and row.confirmed_by:
            row.confirmed_by = Appointment.ConfirmedBy.STAFF
        self.interactions.append(
            Interaction(
                id=chance.id_at(first),
                clinic_id=row.clinic_id,
                appointment=row,
                patient=row.patient,
                doctor=row.doctor,
                channel=channel,
                direction="outbound",
                status=status,
                content=thread,
                duration=duration,
                needs_attention=bool(reason),
                attention_reason=reason or ("complex-question" if handed_over else ""),
                needs_response=bool(reason),
                last_message_at=last,
                resolved_at=min(last + chance.minutes(3, 40), self.now) if handed_over else None,
                resolved_by_id=self.desk_id if handed_over else None,
                resolution_note=chance.one(phrases.RESOLUTIONS) if handed_over else "",
                created_at=first,
                updated_at=last,
            )
        )
        if channel == "sms" and visit.steps >= -TEXTS_OF_DAYS:
            for part in thread:
                kind = "confirmation" if part["direction"] == "outbound" else "reply"
                self._row(visit, chance, kind, part["direction"], part["text"], dt.datetime.fromisoformat(part["at"]))
                part["message_id"] = str(self.messages[-1].pk)

    def _row(self, visit: Visit, chance: Chance, kind: str, direction: str, body: str, at: dt.datetime) -> None:
        self.messages.append(
            Message(
                id=chance.id_at(at),
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

    def _said(self, direction: str, words: str, visit: Visit, at: dt.datetime) -> dict[str, Any]:
        return {"kind": "message", "direction": direction, "text": self._fill(words, visit), "at": at.isoformat()}

    def _transcript(self, lines: Iterable[tuple[str, str]], visit: Visit) -> list[dict[str, str]]:
        return [{"speaker": speaker, "text": self._fill(text, visit)} for speaker, text in lines]

    def _fill(self, words: str, visit: Visit) -> str:
        start = clock.local(visit.row.starts_at, self.plan.zone)
        return words.format(
            clinic=self.plan.name,
            first=visit.row.patient.first_name,
            day=f"{start:%A} {start.day} {start:%B}",
            time=f"{start.hour % 12 or 12}:{start:%M} {'am' if start.hour < 12 else 'pm'}",
            link=NO_LINK,
        )

    def _within(self, row: Appointment, wanted: dt.datetime) -> dt.datetime:
        return min(max(wanted, row.created_at + dt.timedelta(minutes=5)), self.now)
