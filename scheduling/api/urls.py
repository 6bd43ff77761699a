from typing import Any

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from scheduling.api import (
    appointments,
    cancellations,
    closures,
    feed,
    follow_ups,
    notes,
    series,
    slots,
    waitlist,
)

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("appointments", appointments.AppointmentViewSet, "api_appointments")
router.register("cancellations", cancellations.CancellationViewSet, "api_cancellations")
router.register("waitlist", waitlist.WaitlistViewSet, "api_waitlist")
router.register("follow-ups", follow_ups.FollowUpViewSet, "api_follow_ups")
router.register("doctor-notes", notes.DoctorNoteViewSet, "api_doctor_notes")
router.register("time-off", closures.TimeOffViewSet, "api_time_off")
router.register("closures", closures.ClosureViewSet, "api_closures")

OF_PATIENT: Any = {"get": "list"}

urlpatterns = [
    path("appointments/series", series.SeriesView.as_view(), name="api_series"),
    path("appointments/series/plan", series.SeriesPlanView.as_view(), name="api_series_plan"),
    path(
        "appointments/<uuid:pk>/cancel-following",
        series.CancelFollowingView.as_view(),
        name="api_cancel_following",
    ),
    path(
        "appointments/<uuid:pk>/reschedule-following",
        series.RescheduleFollowingView.as_view(),
        name="api_reschedule_following",
    ),
    path("closures/holidays", closures.HolidaysView.as_view(), name="api_holidays"),
    path(
        "appointments/<uuid:pk>/waitlist-matches",
        waitlist.WaitlistMatchesView.as_view(),
        name="api_waitlist_matches",
    ),
    path("slots", slots.SlotsView.as_view(), name="api_slots"),
    path(
        "patients/<uuid:patient_id>/appointments",
        appointments.PatientAppointmentsViewSet.as_view(OF_PATIENT),
        name="api_patient_appointments",
    ),
    path(
        "patients/<uuid:patient_id>/cancellations",
        cancellations.PatientCancellationsViewSet.as_view(OF_PATIENT),
        name="api_patient_cancellations",
    ),
    path(
        "doctor-notes/patient/<uuid:patient_id>",
        notes.DoctorNoteViewSet.as_view({"get": "patient"}),
        name="api_patient_notes",
    ),
    path("doctors/<uuid:pk>/calendar.ics", feed.calendar, name="api_calendar"),
    path("doctors/<uuid:pk>/calendar-feed", feed.CalendarFeedView.as_view(), name="api_calendar_feed"),
    path("", include(router.urls)),
]
