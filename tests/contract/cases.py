"""Shared by the contract tests."""

# The model whose rows a path names, by the path's prefix.
MODEL_OF_PATH = {
    "/api/appointments/": "scheduling.Appointment",
    "/api/patients/": "patients.Patient",
    "/api/doctor-notes/patient/": "patients.Patient",
    "/api/doctor-notes/": "scheduling.DoctorNote",
    "/api/doctors/": "clinics.Doctor",
    "/api/settings/doctor/": "clinics.Doctor",
    "/api/waitlist/": "scheduling.WaitlistEntry",
    "/api/follow-ups/": "scheduling.FollowUp",
    "/api/time-off/": "scheduling.TimeOff",
    "/api/closures/": "scheduling.Closure",
    "/api/intake/questionnaires/": "intake.Questionnaire",
    "/api/intake/forms/": "intake.IntakeForm",
    "/api/intake/summaries/": "aiassist.IntakeSummary",
    "/api/ai/interactions/": "aiassist.Interaction",
    "/api/danger-alerts/": "aiassist.DangerAlert",
    "/api/notifications/": "notifications.Notification",
}
