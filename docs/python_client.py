"""Book a visit with the generated client: python docs/python_client.py http://localhost:8000 EMAIL PASSWORD hannah"""

import sys

from clinicflow_client import AuthenticatedClient, Client
from clinicflow_client.api.appointments import create_appointment, list_appointments
from clinicflow_client.api.auth import login
from clinicflow_client.api.patients import list_patients
from clinicflow_client.api.slots import get_slots
from clinicflow_client.models import AppointmentRequest, LoginRequest, Problem

site, email, password, search = sys.argv[1:5]
signed_in = login.sync(client=Client(site), body=LoginRequest(email=email, password=password))
clinic = AuthenticatedClient(site, token=signed_in.access)

patient = list_patients.sync(client=clinic, search=search).results[0]
slot = get_slots.sync(client=clinic, limit=1).results[0]
wanted = AppointmentRequest(
    patient_id=patient.id, doctor_id=slot.doctor_id, date=slot.date, start_time=slot.start_time, duration=30
)
for key in ("my-key-1", "my-key-1", "my-key-2"):  # the second repeats the first response, the third conflicts
    answer = create_appointment.sync(client=clinic, body=wanted, idempotency_key=key)
    if isinstance(answer, Problem):
        print("refused", answer.status, answer.code, [free["start_time"] for free in answer["free_slots"]])
    else:
        print("booked", answer.patient_name, answer.status.value, answer.starts_at)

print("visits that day", list_appointments.sync(client=clinic, date=slot.date).count)
