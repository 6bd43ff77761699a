"""Pages of scheduling: visits, series, follow-ups, the waitlist, time off, closures, doctors, notes, messages."""

from django.urls import path

from scheduling.views import absences, booking, doctors, follow_ups, messages, notes, series, visit, waitlist

urlpatterns = [
    path("time-off", absences.time_off_list, name="time_off"),
    path("time-off/new", absences.time_off_new, name="time_off_new"),
    path("time-off/<uuid:pk>", absences.time_off_edit, name="time_off_edit"),
    path("time-off/<uuid:pk>/remove", absences.time_off_remove, name="time_off_remove"),
    path("time-off/<uuid:pk>/visits", absences.time_off_apply_plan, name="time_off_settle"),
    path("settings/closures", absences.closures, name="closures"),
    path("settings/closures/new", absences.closure_new, name="closures_new"),
    path("settings/closures/holidays", absences.closures_holidays, name="closures_holidays"),
    path("settings/closures/<uuid:pk>", absences.closure_edit, name="closures_edit"),
    path("settings/closures/<uuid:pk>/remove", absences.closure_remove, name="closures_remove"),
    path("settings/closures/<uuid:pk>/visits", absences.closure_apply_plan, name="closures_settle"),
    path("settings/doctors", doctors.doctor_list, name="doctors"),
    path("settings/doctors/new", doctors.doctor_new, name="doctor_new"),
    path("settings/doctors/<uuid:pk>", doctors.doctor_edit, name="doctor"),
    path("settings/doctors/<uuid:pk>/leave", doctors.doctor_leave, name="doctor_leave"),
    path("settings/doctors/<uuid:pk>/retire", doctors.doctor_retire, name="doctor_retire"),
    path("settings/doctors/<uuid:pk>/return", doctors.doctor_return, name="doctor_return"),
    path("settings/doctors/<uuid:pk>/calendar", doctors.calendar, name="doctor_calendar"),
    path("settings/doctors/<uuid:pk>/calendar/end", doctors.calendar_end, name="doctor_calendar_end"),
    path("messages", messages.messages, name="messages"),
    path("waitlist", waitlist.waitlist_page, name="waitlist"),
    path("waitlist/new", waitlist.waitlist_new, name="waitlist_new"),
    path("waitlist/fits/<uuid:visit_id>", waitlist.waitlist_fits, name="waitlist_fits"),
    path("waitlist/<uuid:pk>/edit", waitlist.waitlist_edit, name="waitlist_edit"),
    path("waitlist/<uuid:pk>/remove", waitlist.waitlist_remove, name="waitlist_remove"),
    path("waitlist/<uuid:pk>/restore", waitlist.waitlist_restore, name="waitlist_restore"),
    path("waitlist/<uuid:pk>/offer", waitlist.waitlist_offer, name="waitlist_offer"),
    path("waitlist/<uuid:pk>/keep", waitlist.waitlist_keep, name="waitlist_keep"),
    path("waitlist/<uuid:pk>/book", waitlist.waitlist_book, name="waitlist_book"),
    path("follow-ups", follow_ups.follow_up_list, name="follow_ups"),
    path("follow-ups/new", follow_ups.follow_up_new, name="follow_up_new"),
    path("follow-ups/<uuid:pk>/edit", follow_ups.follow_up_edit, name="follow_up_edit"),
    path("follow-ups/<uuid:pk>/cancel", follow_ups.follow_up_cancel, name="follow_up_cancel"),
    path("follow-ups/<uuid:pk>/reopen", follow_ups.follow_up_reopen, name="follow_up_reopen"),
    path("follow-ups/<uuid:pk>/complete", follow_ups.follow_up_complete, name="follow_up_complete"),
    path("visits/<uuid:pk>/follow-up", follow_ups.visit_follow_up, name="visit_follow_up"),
    path("visits/new", booking.visit_new, name="visit_new"),
    path("visits/new/slots", booking.visit_slots, name="visit_new_slots"),
    path("visits/new/patients", booking.visit_patients, name="visit_new_patients"),
    path("visits/new/patient", booking.visit_patient, name="visit_new_patient"),
    path("visits/series/new", series.series_new, name="series_new"),
    path("visits/<uuid:pk>/following/cancel", series.following_cancel, name="following_cancel"),
    path("visits/<uuid:pk>/following/move", series.following_move, name="following_move"),
    path("visits/<uuid:pk>", visit.visit, name="visit"),
    path("patients/<uuid:patient_id>/notes", notes.patient_notes, name="patient_notes"),
    path("notes/<uuid:pk>", notes.note_edit, name="note_edit"),
    path("visits/<uuid:pk>/cancel", visit.visit_cancel, name="visit_cancel"),
    path("visits/<uuid:pk>/uncancel", visit.visit_uncancel, name="visit_uncancel"),
    path("visits/<uuid:pk>/reschedule", booking.visit_reschedule, name="visit_reschedule"),
    path("visits/<uuid:pk>/slots", booking.visit_slots, name="visit_slots"),
    path("visits/<uuid:pk>/move", visit.visit_move, name="visit_move"),
    path("visits/<uuid:pk>/stretch", visit.visit_stretch, name="visit_stretch"),
    path("visits/<uuid:pk>/undo-move", visit.visit_undo_move, name="visit_undo_move"),
    path("visits/<uuid:pk>/delete", visit.visit_delete, name="visit_delete"),
    *(
        path(
            f"visits/<uuid:pk>/{action}", visit.visit_act, {"action": action}, name=f"visit_{action.replace('-', '_')}"
        )
        for action in visit.ACTIONS
    ),
]
