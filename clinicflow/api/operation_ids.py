"""Operation ids of the OpenAPI document, from which clients are generated: a verb and a noun, `cancelAppointment`."""

import re

PREFIXES = ("ai", "intake", "settings", "dashboard")  # segments that only group paths
VERBS = {"get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}
NOUNS = {  # segments whose singular is another word
    "forms": "intake-form",
    "time-off": "time-off",
    "users": "member",
    "waitlist": "waitlist-entry",
}
NAMES = {
    "get /api/ai/interactions/needs-attention": "listInteractionsNeedingAttention",
    "post /api/ai/interactions/{id}/reply": "replyToInteraction",
    "post /api/appointments/series": "createSeries",
    "post /api/appointments/series/plan": "planSeries",
    "post /api/appointments/walk-in": "createWalkIn",
    "post /api/appointments/{id}/arrive": "markArrived",
    "post /api/appointments/{id}/cancel-following": "cancelFollowingAppointments",
    "post /api/appointments/{id}/no-show": "markNoShow",
    "post /api/appointments/{id}/reschedule-following": "rescheduleFollowingAppointments",
    "post /api/appointments/{id}/undo-arrive": "undoArrival",
    "post /api/appointments/{id}/undo-reschedule": "undoReschedule",
    "get /api/audit": "listAuditEntries",
    "get /api/closures/holidays": "listHolidays",
    "post /api/closures/holidays": "createHolidayClosures",
    "get /api/dashboard/admin/cancellations": "listRecentCancellations",
    "get /api/dashboard/admin/needs-attention": "listAttentionItems",
    "get /api/dashboard/admin/schedule/{date}": "getSchedule",
    "get /api/dashboard/admin/summary": "getFrontDeskSummary",
    "get /api/dashboard/doctor/today": "getDoctorDay",
    "post /api/doctors/{id}/calendar-feed": "createCalendarFeed",
    "delete /api/doctors/{id}/calendar-feed": "deleteCalendarFeed",
    "get /api/doctor-notes/patient/{patient_id}": "listPatientNotes",
    "post /api/intake/questionnaires/{id}": "reviseQuestionnaire",
    "post /api/notifications/read-all": "markAllNotificationsRead",
    "post /api/notifications/{id}/read": "markNotificationRead",
    "get /api/patients/export": "exportPatients",
    "post /api/patients/import": "importPatients",
    "post /api/settings/users": "inviteMember",
    "post /api/waitlist/{id}/keep-waiting": "keepWaiting",
    "post /api/waitlist/{id}/offer": "offerSlot",
}
SETTINGS = re.compile(r"/api/(?:settings/(clinic|doctor)|(notifications)/settings)\b")


def operation_id(method: str, path: str, *, is_list: bool) -> str:
    """The id of the operation of a lower-case method on a path such as `/api/appointments/{id}/cancel`."""
    if name := NAMES.get(f"{method} {path}"):
        return name
    if found := SETTINGS.match(path):
        return _camel(VERBS[method], _singular(found[1] or found[2]), "settings")
    segments = path.strip("/").split("/")[1:]
    *before, last = [segment for segment in segments if segment not in PREFIXES or len(segments) == 1]
    if last.startswith("{"):
        return _camel(VERBS[method], _singular(before[-1]))
    owners = [_singular(segment) for segment in before if not segment.startswith("{")]
    if is_list:
        return _camel("list", *owners, _plural(last))
    if method == "get":
        return _camel("get", *owners, last)
    if not owners:
        return _camel(VERBS[method], _singular(last))
    verb, _, rest = last.partition("-")  # cancel-visits: cancelClosureVisits
    return _camel(verb, *owners, rest)


def _singular(segment: str) -> str:
    if segment in NOUNS:
        return NOUNS[segment]
    return f"{segment[:-3]}y" if segment.endswith("ies") else segment.removesuffix("s")


def _plural(segment: str) -> str:
    noun = NOUNS.get(segment, segment)
    if noun == segment or noun.endswith("s"):
        return segment
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _camel(*words: str) -> str:
    first, *others = "-".join(word for word in words if word).split("-")
    return first + "".join(word.capitalize() for word in others)
