"""Examples in the OpenAPI document: one invented value per field name, the same in every schema."""

from clinicflow.api.openapi import Node

BY_NAME: dict[str, object] = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ…",
    "address": "+12125550133",
    "age": 43,
    "body": "Yes, you may eat before.",
    "cancelled_by_name": "Dana Kessler",
    "clinic_name": "Riverside Clinic",
    "code": "slot_taken",
    "content": "Blood pressure 152/94, sitting. Review in three months.",
    "count": 1,
    "date_of_birth": "1983-06-26",
    "detail": "That time is taken.",
    "doctor_name": "Dr. Amara Okafor",
    "duration": 30,
    "email": "hannah@example.com",
    "end_time": "10:00",
    "first_name": "Hannah",
    "flags": ["VIP"],
    "initials": "AO",
    "last_name": "Lindqvist",
    "line": 3,
    "meeting_link": "https://video.example/room/4711",
    "name": "Hannah Lindqvist",
    "note": "Called back, all settled.",
    "otp": "123456",
    "override_reason": "The doctor has agreed.",
    "page": 1,
    "password": "a long sentence of your own",
    "patient_name": "Hannah Lindqvist",
    "phone": "+12125550133",
    "reason": "Review of blood pressure",
    "reason_note": "Has a cold.",
    "refresh": "f3b1c0…",
    "relation": "mother",
    "resolution_note": "Called back, all settled.",
    "room": "Room 2",
    "rule": "FREQ=WEEKLY;COUNT=8",
    "specialty": "Family medicine",
    "start_time": "09:30",
    "status": 409,
    "substance": "penicillin",
    "summary_text": "Lower back pain since Saturday.\nNo numbness.",
    "timezone": "America/New_York",
    "title": "The time is taken",
    "type": "urn:clinicflow:problem:slot_taken",
    "url": "https://clinic.example/api/doctors/01a20d9d-2ec4-7cf4-a23f-57f3cec33760/calendar.ics?token=…",
    "version": 1,
}
BY_FORMAT = {
    "uuid": "01a20d9d-2ec4-7cf4-a23f-57f3cec33760",
    "date": "2026-12-01",
    "date-time": "2026-12-01T09:30:00-05:00",
    "email": "hannah@example.com",
}
KINDS: dict[str, type] = {"string": str, "integer": int, "array": list}
SUMMARIES = {"get": "Get one", "put": "Replace all fields", "patch": "Change some fields"}


def add_examples(result: Node, generator: object, request: object, public: bool) -> Node:
    """drf-spectacular postprocessing hook: add examples by field name and default summaries by method."""
    for schema in result["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            _add_example(name, field)
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method in SUMMARIES:
                operation.setdefault("summary", SUMMARIES[method])
    return result


def _add_example(name: str, field: Node) -> None:
    kinds = field.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "example" in field or "enum" in field or "$ref" in field or not kinds:
        return
    value = BY_NAME.get(name, BY_FORMAT.get(field.get("format", "")))
    if any(isinstance(value, KINDS[kind]) for kind in kinds & KINDS.keys()):
        field["example"] = value
