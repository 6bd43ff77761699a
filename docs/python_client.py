"""Book a visit with the generated client: python docs/python_client.py http://localhost:8000 EMAIL PASSWORD hannah"""

import sys

from clinicflow_client import AuthenticatedClient, Client
from clinicflow_client.api.appointments import appointments_create, appointments_list
from clinicflow_client.api.auth import login
from clinicflow_client.api.patients import patients_list
from clinicflow_client.api.slots import slots_retrieve
from clinicflow_client.models import AppointmentInputRequest, LoginRequest, Problem

site, email, password, search = sys.argv[1:5]
signed_in = login.sync(client=Client(site), body=LoginRequest(email=email, password=password))
clinic = AuthenticatedClient(site, token=signed_in.access)

patient = patients_list.sync(client=clinic, search=search).results[0]
slot = slots_retrieve.sync(client=clinic, limit=1).results[0]
wanted = AppointmentInputRequest(
    patient_id=patient.id, doctor_id=slot.doctor_id, date=slot.date, start_time=slot.start_time, duration=30
)
for key in ("my-word-1", "my-word-1", "my-word-2"):  # the second is the first one's answer again, the third a conflict
    answer = appointments_create.sync(client=clinic, body=wanted, idempotency_key=key)
    if isinstance(answer, Problem):
        print("refused", answer.status, answer.code, [free["start_time"] for free in answer["free_slots"]])
    else:
        print("booked", answer.patient_name, answer.status.value, answer.starts_at)

print("visits that day", appointments_list.sync(client=clinic, date=slot.date).count)
