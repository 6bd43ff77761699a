from django.urls import path

from aiassist.views import dangers, inbox, simulator, summaries

urlpatterns = [
    path("inbox", inbox.inbox_list, name="inbox"),
    path("inbox/simulator", simulator.simulator, name="simulator"),
    path("inbox/simulator/<uuid:pk>", simulator.simulator, name="simulator_phone"),
    path("inbox/simulator/<uuid:pk>/say", simulator.simulator_say, name="simulator_say"),
    path("inbox/simulator/<uuid:pk>/call", simulator.simulator_call, name="simulator_call"),
    path("inbox/<uuid:pk>", inbox.inbox_talk, name="inbox_talk"),
    path("inbox/<uuid:pk>/reply", inbox.inbox_reply, name="inbox_reply"),
    path("inbox/<uuid:pk>/resolve", inbox.inbox_resolve, name="inbox_resolve"),
    path("visits/<uuid:pk>/dangers", dangers.visit_dangers, name="visit_dangers"),
    path("dangers/<uuid:pk>/resolve", dangers.danger_resolve, name="danger_resolve"),
    path("visits/<uuid:pk>/talks", inbox.visit_talks, name="visit_talks"),
    path("visits/<uuid:pk>/ask", inbox.visit_ask, name="visit_ask"),
    path("i/<str:token>/names", summaries.names, name="patient_names"),
    path("visits/<uuid:appointment_id>/summary", summaries.visit_summary, name="visit_summary"),
    path("visits/<uuid:appointment_id>/summary/versions", summaries.summary_versions, name="summary_versions"),
    path("summaries/<uuid:pk>/edit", summaries.summary_edit, name="summary_edit"),
    path("summaries/<uuid:pk>/regenerate", summaries.summary_regenerate, name="summary_regenerate"),
    path("summaries/<uuid:pk>/items/<int:position>/accept", summaries.summary_accept, name="summary_accept"),
    path("summaries/<uuid:pk>/items/<int:position>/remove", summaries.summary_remove, name="summary_remove"),
    path("summaries/<uuid:pk>/items/<int:position>/correct", summaries.summary_correct, name="summary_correct"),
    path("summaries/<uuid:pk>/reviewed", summaries.summary_reviewed, name="summary_reviewed"),
    path("settings/ai", summaries.settings_ai, name="settings_ai"),
    path("settings/ai/try", summaries.settings_ai_try, name="settings_ai_try"),
]
