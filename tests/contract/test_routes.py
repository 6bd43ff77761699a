"""Who gets what from every address: one table, and a walk over the URL conf that misses nobody.

A line is a route, a method, the objects its parameters name, and the statuses for

    anonymous · front desk · doctor · another doctor · owner · another clinic's front desk

The objects belong to the doctor (Okafor) at Riverside. Requests are empty, so 400 (or 409) means: you may, but say
what. A route of the URL conf without a line fails, and so does a line without a route. For the API every method of a
route needs its line. A parameter's object is a key of OBJECTS, or a value after `=`.
"""

import uuid

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import get_resolver

from clinicflow.backoffice.admin import site
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each

pytestmark = pytest.mark.timeout(400)  # two thousand requests
# ------------------------------------------------ route · method · objects · anon desk doctor other owner foreign
TABLE = """
/healthz                                            GET    -                  200 200 200 200 200 200
/metrics                                            GET    -                  404 404 404 404 404 404
/readyz                                             GET    -                  503 503 503 503 503 503
/                                                   GET    -                  302 302 302 302 302 302
/choose-role                                        GET    -                  302 200 200 200 200 200
/switch-role                                        POST   -                  302 403 403 403 403 403

/account/login/                                     GET    -                  200 302 302 302 302 302
/account/passkey/                                   GET    -                  200 200 200 200 200 200
/account/logout/                                    POST   -                  302 302 302 302 302 302
/account/inactive/                                  GET    -                  200 200 200 200 200 200
/account/reauthenticate/                            GET    -                  302 200 200 200 200 200
/account/password/change/                           GET    -                  302 200 200 200 200 200
/account/password/set/                              GET    -                  302 302 302 302 302 302
/account/password/reset/                            GET    -                  200 200 200 200 200 200
/account/password/reset/done/                       GET    -                  200 200 200 200 200 200
/account/password/reset/key/<uidb36>-<key>/         GET    =1,=x-y            200 200 200 200 200 200
/account/password/reset/key/done/                   GET    -                  200 200 200 200 200 200
/account/invitation/<uidb36>-<key>/                 GET    =1,=x-y            200 200 200 200 200 200
/account/signup/                                    GET    -                  404 404 404 404 404 404
/account/email/                                     GET    -                  404 404 404 404 404 404
/account/2fa/                                       GET    -                  302 200 200 200 200 200
/account/2fa/authenticate/                          GET    -                  302 302 302 302 302 302
/account/2fa/reauthenticate/                        GET    -                  302 302 302 302 302 302
/account/2fa/totp/activate/                         GET    -                  302 302 302 302 302 302
/account/2fa/totp/deactivate/                       GET    -                  302 404 404 404 404 404
/account/2fa/recovery-codes/                        GET    -                  302 404 404 404 404 404
/account/2fa/recovery-codes/generate/               GET    -                  302 302 302 302 302 302
/account/2fa/recovery-codes/download/               GET    -                  302 404 404 404 404 404
/account/2fa/webauthn/                              GET    -                  302 200 200 200 200 200
/account/2fa/webauthn/add/                          GET    -                  302 302 302 302 302 302
/account/2fa/webauthn/reauthenticate/               GET    -                  302 302 302 302 302 302
/account/2fa/webauthn/keys/<int:pk>/remove/         GET    =1                 302 302 302 302 302 302
/account/2fa/webauthn/keys/<int:pk>/edit/           GET    =1                 302 302 302 302 302 302
/account/2fa/webauthn/login/                        GET    -                  302 302 302 302 302 302

/settings/users                                     GET    -                  302 200 403 403 403 200
/settings/users/new                                 GET    -                  302 302 403 403 403 302
/settings/users/<uuid:pk>                           GET    unknown            302 302 403 403 403 302
/settings/users/<uuid:pk>/disable                   POST   unknown            302 302 403 403 403 302
/settings/users/<uuid:pk>/enable                    POST   unknown            302 302 403 403 403 302
/settings/users/<uuid:pk>/resend                    POST   unknown            302 302 403 403 403 302
/settings/users/<uuid:pk>/cancel                    POST   unknown            302 302 403 403 403 302
/settings/users/<uuid:pk>/reset                     POST   unknown            302 302 403 403 403 302
/audit                                              GET    -                  302 200 403 403 200 200
/audit/check                                        POST   -                  302 302 403 403 302 302

/roles                                              GET    -                  302 200 200 200 200 200
/notifications                                      GET    -                  302 200 200 200 403 200
/notifications/bell                                 GET    -                  302 200 200 200 403 200
/notifications/latest                               GET    -                  302 200 200 200 403 200
/notifications/read-all                             POST   -                  302 302 302 302 403 302
/notifications/settings                             GET    -                  302 200 200 200 403 200
/notifications/<uuid:pk>/open                       POST   notification       302 404 302 404 403 404
/notifications/<uuid:pk>/read                       POST   notification       302 404 302 404 403 404
/schedule                                           GET    -                  302 200 403 403 403 200
/schedule/month                                     GET    -                  302 200 403 403 403 200
/schedule/week                                      GET    -                  302 200 200 200 403 200
/schedule/week/changes                              GET    -                  302 200 200 200 403 200
/schedule/list                                      GET    -                  302 200 200 200 403 200
/schedule/cancellations                             GET    -                  302 200 403 403 403 200
/day/changes                                        GET    -                  302 200 403 403 403 200
/find                                               GET    -                  302 200 200 200 403 200
/my-day                                             GET    -                  302 403 200 200 403 403
/my-day/<uuid:visit_id>                             GET    visit              302 403 200 404 403 403
/my-day/<uuid:visit_id>/note                        POST   visit              302 403 422 404 403 403
/overview                                           GET    -                  302 403 403 403 200 403
/overview/no-shows                                  GET    -                  302 403 403 403 200 403
/overview/ai                                        GET    -                  302 403 403 403 200 403
/overview/efficiency                                GET    -                  302 403 403 403 200 403
/overview/minutes                                   POST   -                  302 403 403 403 422 403
/overview/files/<slug:key>.csv                      GET    =visits            302 403 403 403 200 403
/messages                                           GET    -                  302 200 403 403 403 200
/patients                                           GET    -                  302 200 200 200 403 200
/patients/<uuid:pk>                                 GET    patient            302 200 200 404 403 404
/patients/new                                       GET    -                  302 200 403 403 403 200
/patients/<uuid:pk>/edit                            GET    patient            302 200 403 403 403 404
/patients/<uuid:pk>/merge                           GET    patient            302 200 403 403 403 404
/patients/import                                    GET    -                  302 200 403 403 403 200
/patients/import/<uuid:pk>                          GET    file               302 200 403 403 403 404
/patients/import/<uuid:pk>/start                    POST   file               302 302 403 403 403 404
/patients/export                                    GET    -                  302 302 403 403 403 302
/patients/export.csv                                GET    -                  302 302 403 403 403 302
/patients/<uuid:patient_id>/notes                   GET    patient            302 403 200 404 403 403
/notes/<uuid:pk>                                    GET    note               302 403 200 404 403 403
/follow-ups                                         GET    -                  302 200 200 200 403 200
/follow-ups/new                                     GET    -                  302 200 200 200 403 200
/follow-ups/<uuid:pk>/edit                          GET    follow_up          302 200 200 404 403 404
/follow-ups/<uuid:pk>/cancel                        POST   follow_up          302 302 302 404 403 404
/follow-ups/<uuid:pk>/reopen                        POST   follow_up          302 302 302 404 403 404
/follow-ups/<uuid:pk>/complete                      POST   follow_up          302 409 409 404 403 404
/visits/<uuid:pk>/follow-up                         GET    visit              302 200 200 404 403 404
/visits/series/new                                  GET    -                  302 200 403 403 403 200
/visits/<uuid:pk>/following/cancel                  GET    visit              302 200 403 403 403 404
/visits/<uuid:pk>/following/move                    GET    visit              302 200 403 403 403 404
/waitlist                                           GET    -                  302 200 403 403 403 200
/waitlist/new                                       GET    -                  302 200 403 403 403 200
/waitlist/fits/<uuid:visit_id>                      GET    visit              302 200 403 403 403 404
/waitlist/<uuid:pk>/edit                            GET    waiting            302 200 403 403 403 404
/waitlist/<uuid:pk>/remove                          POST   waiting            302 302 403 403 403 404
/waitlist/<uuid:pk>/restore                         POST   waiting            302 302 403 403 403 404
/waitlist/<uuid:pk>/offer                           POST   waiting            302 400 403 403 403 400
/waitlist/<uuid:pk>/keep                            POST   waiting            302 302 403 403 403 404
/waitlist/<uuid:pk>/book                            POST   waiting            302 400 403 403 403 400
/time-off                                           GET    -                  302 200 200 200 403 200
/time-off/new                                       GET    -                  302 200 200 200 403 200
/time-off/<uuid:pk>                                 GET    time_off           302 200 200 404 403 404
/time-off/<uuid:pk>/remove                          POST   time_off           302 302 302 404 403 404
/time-off/<uuid:pk>/visits                          POST   time_off           302 422 403 403 403 404
/settings/doctors                                   GET    -                  302 200 403 403 403 200
/settings/doctors/new                               GET    -                  302 200 403 403 403 200
/settings/doctors/<uuid:pk>                         GET    doctor             302 200 403 403 403 404
/settings/doctors/<uuid:pk>/leave                   POST   doctor             302 422 403 403 403 404
/settings/doctors/<uuid:pk>/retire                  POST   doctor             302 302 403 403 403 404
/settings/doctors/<uuid:pk>/return                  POST   doctor             302 302 403 403 403 404
/settings/doctors/<uuid:pk>/calendar                GET    doctor             302 200 200 404 403 404
/settings/doctors/<uuid:pk>/calendar/end            POST   doctor             302 302 302 404 403 404
/settings/closures                                  GET    -                  302 200 403 403 403 200
/settings/closures/new                              GET    -                  302 200 403 403 403 200
/settings/closures/holidays                         POST   -                  302 302 403 403 403 302
/settings/closures/<uuid:pk>                        GET    closure            302 200 403 403 403 404
/settings/closures/<uuid:pk>/remove                 POST   closure            302 302 403 403 403 404
/settings/closures/<uuid:pk>/visits                 POST   closure            302 422 403 403 403 404
/inbox                                              GET    -                  302 200 403 403 403 200
/inbox/simulator                                    GET    -                  302 200 403 403 403 200
/inbox/simulator/<uuid:pk>                          GET    visit              302 200 403 403 403 404
/inbox/simulator/<uuid:pk>/say                      POST   visit              302 422 403 403 403 404
/inbox/simulator/<uuid:pk>/call                     POST   visit              302 422 403 403 403 404
/inbox/<uuid:pk>                                    GET    interaction        302 200 200 404 403 404
/inbox/<uuid:pk>/reply                              POST   interaction        302 422 403 403 403 404
/inbox/<uuid:pk>/resolve                            POST   interaction        302 422 403 403 403 404
/visits/<uuid:pk>/dangers                           GET    visit              302 200 200 404 403 404
/dangers/<uuid:pk>/resolve                          POST   danger             302 422 422 404 403 404
/visits/<uuid:pk>/talks                             GET    visit              302 200 200 404 403 404
/visits/<uuid:pk>/ask                               POST   visit              302 302 403 403 403 404
/visits/new                                         GET    -                  302 200 403 403 403 200
/visits/new/slots                                   GET    -                  302 200 403 403 403 200
/visits/new/patients                                GET    -                  302 200 200 200 403 200
/visits/new/patient                                 GET    -                  302 200 200 200 403 200
/visits/<uuid:pk>                                   GET    visit              302 200 200 404 403 404
/visits/<uuid:pk>/cancel                            GET    visit              302 200 403 403 403 404
/visits/<uuid:pk>/uncancel                          POST   visit              302 409 403 403 403 404
/visits/<uuid:pk>/reschedule                        GET    visit              302 200 403 403 403 404
/visits/<uuid:pk>/slots                             GET    visit              302 200 403 403 403 404
/visits/<uuid:pk>/move                              POST   visit              302 400 403 403 403 400
/visits/<uuid:pk>/stretch                           GET    visit              302 200 403 403 403 404
/visits/<uuid:pk>/undo-move                         POST   visit              302 409 403 403 403 404
/visits/<uuid:pk>/delete                            POST   visit              302 302 403 403 403 404
/visits/<uuid:pk>/confirm                           POST   visit              302 302 403 403 403 404
/visits/<uuid:pk>/unconfirm                         POST   visit              302 302 403 403 403 404
/visits/<uuid:pk>/arrive                            POST   visit              302 409 403 403 403 404
/visits/<uuid:pk>/undo-arrive                       POST   visit              302 302 403 403 403 404
/visits/<uuid:pk>/complete                          POST   visit              302 409 409 404 403 404
/visits/<uuid:pk>/no-show                           POST   visit              302 409 409 404 403 404
/visits/<uuid:pk>/reinstate                         POST   visit              302 409 403 403 403 404
/intake                                             GET    -                  302 200 200 200 403 200
/intake/visits/<uuid:pk>                            GET    visit              302 302 302 404 403 404
/intake/visits/<uuid:pk>/send                       POST   visit              302 302 302 404 403 404
/intake/visits/<uuid:pk>/revoke                     POST   visit              302 302 403 403 403 404
/intake/visits/<uuid:pk>/link                       POST   visit              302 200 403 403 403 404
/intake/visits/<uuid:pk>/tablet                     POST   visit              302 302 403 403 403 404
/intake/visits/<uuid:pk>/waive                      POST   visit              302 422 422 404 403 404
/intake/visits/<uuid:pk>/paper                      GET    visit              302 200 200 404 403 404
/intake/visits/<uuid:pk>/print                      GET    visit              302 200 200 404 403 404
/intake/questionnaires                              GET    -                  302 200 403 403 403 200
/intake/questionnaires/defaults                     POST   -                  302 302 403 403 403 302
/intake/questionnaires/import                       POST   -                  302 302 403 403 403 302
/intake/questionnaires/<uuid:pk>                    GET    questionnaire      302 200 403 403 403 404
/intake/questionnaires/<uuid:pk>/revise             POST   questionnaire      302 302 403 403 403 404
/intake/questionnaires/<uuid:pk>/publish            POST   questionnaire      302 400 403 403 403 404
/intake/questionnaires/<uuid:pk>/discard            POST   questionnaire      302 302 403 403 403 404
/intake/questionnaires/<uuid:pk>/compare            GET    questionnaire      302 200 403 403 403 404
/intake/questionnaires/<uuid:pk>/file               GET    questionnaire      302 200 403 403 403 404
/intake/forms/<uuid:pk>                             GET    form               302 200 200 404 403 404
/intake/forms/<uuid:pk>/review                      POST   form               302 403 409 404 403 403
/visits/<uuid:appointment_id>/summary               GET    visit              302 403 200 404 403 403
/visits/<uuid:appointment_id>/summary/versions      GET    visit              302 403 200 404 403 403
/settings                                           GET    -                  302 302 403 403 302 302
/settings/me                                        GET    -                  302 403 200 200 403 403
/settings/doctors/<uuid:pk>/booking                 GET    doctor             302 200 403 403 403 404
/settings/<tab:slug>                                GET    =clinic            302 200 403 403 200 200
/settings/ai                                        GET    -                  302 200 403 403 403 200
/settings/ai/try                                    POST   -                  302 302 403 403 403 302
/summaries/<uuid:pk>/edit                           GET    summary            302 403 200 404 403 403
/summaries/<uuid:pk>/regenerate                     POST   summary            302 403 409 404 403 403
/summaries/<uuid:pk>/items/<int:position>/accept    POST   summary,=0         302 403 409 404 403 403
/summaries/<uuid:pk>/items/<int:position>/remove    POST   summary,=0         302 403 409 404 403 403
/summaries/<uuid:pk>/items/<int:position>/correct   GET    summary,=0         302 403 404 404 403 403
/summaries/<uuid:pk>/reviewed                       POST   summary            302 403 409 404 403 403

/i/<str:token>                                      GET    =unknown           404 404 404 404 404 404
/i/<str:token>/form/<slug:section_id>               GET    =unknown,=x        404 404 404 404 404 404
/i/<str:token>/check                                GET    =unknown           404 404 404 404 404 404
/i/<str:token>/done                                 GET    =unknown           404 404 404 404 404 404
/i/<str:token>/change                               POST   =unknown           404 404 404 404 404 404
/i/<str:token>/visit                                GET    =unknown           404 404 404 404 404 404
/i/<str:token>/names                                GET    =unknown           404 404 404 404 404 404

/api/auth/login                                     POST   -                  400 400 400 400 400 400
/api/auth/refresh                                   POST   -                  400 400 400 400 400 400
/api/auth/logout                                    POST   -                  401 204 204 204 204 204
/api/auth/switch-role                               POST   -                  401 400 400 400 400 400
/api/auth/me                                        GET    -                  401 200 200 200 200 200
/api/settings/clinic                                GET    -                  401 200 403 403 200 200
/api/settings/clinic                                PUT    -                  401 400 403 403 403 400
/api/settings/clinic                                PATCH  -                  401 200 403 403 403 200
/api/settings/doctor/<uuid:pk>                      GET    doctor             401 200 200 404 403 404
/api/settings/doctor/<uuid:pk>                      PUT    doctor             401 400 400 404 403 404
/api/settings/doctor/<uuid:pk>                      PATCH  doctor             401 200 200 404 403 404
/api/settings/users                                 GET    -                  401 200 403 403 403 200
/api/settings/users                                 POST   -                  401 403 403 403 403 403
/api/settings/users/<uuid:pk>                       PUT    membership         401 403 403 403 403 403
/api/settings/users/<uuid:pk>                       PATCH  membership         401 403 403 403 403 403
/api/doctors                                        GET    -                  401 200 200 200 200 200
/api/doctors/<uuid:pk>                              GET    doctor             401 200 200 200 200 404
/api/audit                                          GET    -                  401 200 403 403 200 200
/api/slots                                          GET    -                  401 200 200 200 403 200
/api/patients                                       GET    -                  401 200 200 200 403 200
/api/patients                                       POST   -                  401 400 403 403 403 400
/api/patients/<uuid:pk>                             GET    patient            401 200 200 404 403 404
/api/patients/<uuid:pk>                             PUT    patient            401 400 403 403 403 404
/api/patients/<uuid:pk>                             PATCH  patient            401 200 403 403 403 404
/api/patients/<uuid:pk>/merge                       POST   patient            401 400 403 403 403 400
/api/patients/import                                POST   -                  401 415 403 403 403 415
/api/patients/export                                GET    -                  401 403 403 403 403 403
/api/patients/<uuid:patient_id>/appointments        GET    patient            401 200 200 404 403 404
/api/patients/<uuid:patient_id>/cancellations       GET    patient            401 200 200 404 403 404
/api/doctor-notes/patient/<uuid:patient_id>         GET    patient            401 403 200 404 403 403
/api/doctor-notes                                   POST   -                  401 403 400 400 403 403
/api/doctor-notes/<uuid:pk>                         GET    note               401 403 200 404 403 403
/api/doctor-notes/<uuid:pk>                         PUT    note               401 403 400 404 403 403
/api/doctor-notes/<uuid:pk>                         PATCH  note               401 403 200 404 403 403
/api/doctors/<uuid:pk>/calendar.ics                 GET    doctor             404 404 404 404 404 404
/api/doctors/<uuid:pk>/calendar-feed                POST   doctor             401 201 201 403 403 404
/api/doctors/<uuid:pk>/calendar-feed                DELETE doctor             401 204 204 403 403 404
/api/appointments                                   GET    -                  401 200 200 200 403 200
/api/appointments                                   POST   -                  401 400 403 403 403 400
/api/appointments/walk-in                           POST   -                  401 400 403 403 403 400
/api/appointments/<uuid:pk>                         GET    visit              401 200 200 404 403 404
/api/appointments/<uuid:pk>                         PUT    visit              401 400 403 403 403 404
/api/appointments/<uuid:pk>                         PATCH  visit              401 200 403 403 403 404
/api/appointments/<uuid:pk>                         DELETE visit              401 204 403 403 403 404
/api/appointments/<uuid:pk>/arrive                  POST   visit              401 409 403 403 403 404
/api/appointments/<uuid:pk>/undo-arrive             POST   visit              401 200 403 403 403 404
/api/appointments/<uuid:pk>/cancel                  POST   visit              401 400 403 403 403 400
/api/appointments/<uuid:pk>/complete                POST   visit              401 409 409 404 403 404
/api/appointments/<uuid:pk>/confirm                 POST   visit              401 200 403 403 403 404
/api/appointments/<uuid:pk>/unconfirm               POST   visit              401 200 403 403 403 404
/api/appointments/<uuid:pk>/no-show                 POST   visit              401 409 409 404 403 404
/api/appointments/<uuid:pk>/reinstate               POST   visit              401 409 403 403 403 404
/api/appointments/<uuid:pk>/reschedule              POST   visit              401 400 403 403 403 400
/api/appointments/<uuid:pk>/undo-reschedule         POST   visit              401 409 403 403 403 404
/api/appointments/<uuid:pk>/cancel-following        POST   visit              401 400 403 403 403 400
/api/appointments/<uuid:pk>/reschedule-following    POST   visit              401 400 403 403 403 400
/api/appointments/<uuid:pk>/waitlist-matches        GET    visit              401 200 403 403 403 404
/api/appointments/series                            POST   -                  401 400 403 403 403 400
/api/appointments/series/plan                       POST   -                  401 400 403 403 403 400
/api/cancellations                                  GET    -                  401 200 200 200 403 200
/api/waitlist                                       GET    -                  401 200 200 200 403 200
/api/waitlist                                       POST   -                  401 400 403 403 403 400
/api/waitlist/<uuid:pk>                             GET    waiting            401 200 200 404 403 404
/api/waitlist/<uuid:pk>                             DELETE waiting            401 204 403 403 403 404
/api/waitlist/<uuid:pk>                             PUT    waiting            401 400 403 403 403 404
/api/waitlist/<uuid:pk>                             PATCH  waiting            401 200 403 403 403 404
/api/waitlist/<uuid:pk>/offer                       POST   waiting            401 200 403 403 403 404
/api/waitlist/<uuid:pk>/keep-waiting                POST   waiting            401 200 403 403 403 404
/api/waitlist/<uuid:pk>/slots                       GET    waiting            401 200 403 403 403 404
/api/follow-ups                                     GET    -                  401 200 200 200 403 200
/api/follow-ups                                     POST   -                  401 400 400 400 403 400
/api/follow-ups/<uuid:pk>                           GET    follow_up          401 200 200 404 403 404
/api/follow-ups/<uuid:pk>                           PUT    follow_up          401 400 400 404 403 404
/api/follow-ups/<uuid:pk>                           PATCH  follow_up          401 200 200 404 403 404
/api/follow-ups/<uuid:pk>                           DELETE follow_up          401 204 204 404 403 404
/api/time-off                                       GET    -                  401 200 200 200 200 200
/api/time-off                                       POST   -                  401 400 400 400 403 400
/api/time-off/<uuid:pk>                             GET    time_off           401 200 200 200 200 404
/api/time-off/<uuid:pk>                             PUT    time_off           401 400 400 400 403 404
/api/time-off/<uuid:pk>                             PATCH  time_off           401 200 200 403 403 404
/api/time-off/<uuid:pk>                             DELETE time_off           401 204 204 403 403 404
/api/time-off/<uuid:pk>/visits                      GET    time_off           401 200 200 200 403 404
/api/time-off/<uuid:pk>/cancel-visits               POST   time_off           401 400 403 403 403 404
/api/time-off/<uuid:pk>/move-visits                 POST   time_off           401 200 403 403 403 404
/api/closures/holidays                              GET    -                  401 400 403 403 403 400
/api/closures/holidays                              POST   -                  401 400 403 403 403 400
/api/closures                                       GET    -                  401 200 200 200 200 200
/api/closures                                       POST   -                  401 400 403 403 403 400
/api/closures/<uuid:pk>                             GET    closure            401 200 200 200 200 404
/api/closures/<uuid:pk>                             DELETE closure            401 204 403 403 403 404
/api/closures/<uuid:pk>/visits                      GET    closure            401 200 403 403 403 404
/api/closures/<uuid:pk>/cancel-visits               POST   closure            401 400 403 403 403 404
/api/closures/<uuid:pk>/move-visits                 POST   closure            401 200 403 403 403 404
/api/intake/questionnaires                          GET    -                  401 200 200 200 200 200
/api/intake/questionnaires                          POST   -                  401 400 403 403 403 400
/api/intake/questionnaires/<uuid:pk>                GET    questionnaire      401 200 200 200 200 404
/api/intake/questionnaires/<uuid:pk>                POST   questionnaire      401 400 403 403 403 400
/api/intake/forms                                   GET    -                  401 200 200 200 403 200
/api/intake/forms                                   POST   -                  401 400 400 400 403 400
/api/intake/summaries/<uuid:pk>                     GET    visit              401 200 200 404 403 404
/api/intake/summaries/<uuid:pk>                     PUT    summary            401 403 400 404 403 403
/api/intake/summaries/<uuid:pk>                     PATCH  summary            401 403 409 404 403 403
/api/intake/summaries/<uuid:pk>/regenerate          POST   summary            401 403 409 404 403 403
/api/intake/forms/<uuid:pk>                         GET    form               401 200 200 404 403 404
/api/intake/forms/<uuid:pk>                         PUT    form               401 400 400 404 403 404
/api/intake/forms/<uuid:pk>                         PATCH  form               401 200 200 404 403 404
/api/intake/forms/<uuid:pk>/review                  POST   form               401 403 409 404 403 403
/api/intake/forms/<uuid:pk>/send                    POST   form               401 200 200 404 403 404
/api/ai/interactions                                GET    -                  401 200 200 200 403 200
/api/ai/interactions/needs-attention                GET    -                  401 200 200 200 403 200
/api/ai/interactions/<uuid:pk>                      GET    interaction        401 200 200 404 403 404
/api/ai/interactions/<uuid:pk>/resolve              POST   interaction        401 400 403 403 403 400
/api/ai/interactions/<uuid:pk>/reply                POST   interaction        401 400 403 403 403 400
/api/danger-alerts                                  GET    -                  401 200 200 200 403 200
/api/danger-alerts/<uuid:pk>                        GET    danger             401 200 200 404 403 404
/api/danger-alerts/<uuid:pk>/resolve                POST   danger             401 400 400 400 403 400
/api/dashboard/admin/summary                        GET    -                  401 200 403 403 403 200
/api/dashboard/admin/schedule/<str:date>            GET    =2026-11-24        401 200 403 403 403 200
/api/dashboard/admin/needs-attention                GET    -                  401 200 403 403 403 200
/api/dashboard/admin/cancellations                  GET    -                  401 200 403 403 403 200
/api/dashboard/doctor/summary                       GET    -                  401 403 200 200 403 403
/api/dashboard/doctor/today                         GET    -                  401 403 200 200 403 403
/api/dashboard/doctor/alerts                        GET    -                  401 403 200 200 403 403
/api/dashboard/owner/metrics                        GET    -                  401 403 403 403 200 403
/api/dashboard/owner/no-show-rate                   GET    -                  401 403 403 403 200 403
/api/dashboard/owner/ai-impact                      GET    -                  401 403 403 403 200 403
/api/dashboard/owner/efficiency                     GET    -                  401 403 403 403 200 403
/api/notifications                                  GET    -                  401 200 200 200 403 200
/api/notifications/read-all                         POST   -                  401 200 200 200 403 200
/api/notifications/<uuid:pk>/read                   POST   notification       401 404 200 404 403 404
/api/notifications/settings                         GET    -                  401 200 200 200 403 200
/api/notifications/settings                         PUT    -                  401 400 400 400 403 400
/api/notifications/settings                         PATCH  -                  401 200 200 200 403 200
/api/webhooks/sms                                   POST   -                  403 403 403 403 403 403
/api/webhooks/email                                 POST   -                  403 403 403 403 403 403
/api/webhooks/voice                                 POST   -                  403 403 403 403 403 403
/api/schema                                         GET    -                  200 200 200 200 200 200
/api/docs                                           GET    -                  200 200 200 200 200 200
/api/                                               GET    -                  404 404 404 404 404 404
"""
# Names that the table may use for a parameter -> the model whose row it is.
OBJECTS = {
    "doctor": "clinics.Doctor",
    "patient": "patients.Patient",
    "file": "patients.PatientImport",
    "visit": "scheduling.Appointment",
    "cancellation": "scheduling.Cancellation",
    "note": "scheduling.DoctorNote",
    "follow_up": "scheduling.FollowUp",
    "waiting": "scheduling.WaitlistEntry",
    "closure": "scheduling.Closure",
    "time_off": "scheduling.TimeOff",
    "message": "scheduling.Message",
    "series": "scheduling.Series",
    "questionnaire": "intake.Questionnaire",
    "form": "intake.IntakeForm",
    "summary": "aiassist.IntakeSummary",
    "interaction": "aiassist.Interaction",
    "danger": "aiassist.DangerAlert",
    "notification": "notifications.Notification",
}
API_METHODS = ("get", "post", "put", "patch", "delete")


def lines():
    """(route, method, [objects], [statuses]) for each line of the table."""
    for line in TABLE.strip().splitlines():
        if line:
            route, method, objects, *statuses = line.split()
            yield route, method, [] if objects == "-" else objects.split(","), [int(status) for status in statuses]


def routes():
    """route -> view of everything in the URL conf but the back office."""
    found = {}

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            elif not route.startswith("admin/"):
                found["/" + plain(route)] = pattern.callback

    walk(get_resolver().url_patterns, "")
    return found


def plain(route):
    """A regular expression of django-allauth's as the table writes it."""
    for ugly, nice in (("(?P<uidb36>[0-9A-Za-z]+)", "<uidb36>"), ("(?P<key>.+)", "<key>"), ("^", ""), ("$", "")):
        route = route.replace(ugly, nice)
    return route


def methods_of(view):
    """The API methods of a REST framework view; nothing for a page."""
    actions = getattr(view, "actions", None)
    if actions:
        return {method.upper() for method in actions if method in API_METHODS}  # calls add HEAD
    cls = getattr(view, "cls", None)
    return {method.upper() for method in API_METHODS if hasattr(cls, method)} if cls else set()


class TheTable(ClinicCase):
    maxDiff = None

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with cls.inside(cls.doctor):
            rows = one_of_each(cls, cls.riverside, cls.dr_okafor, cls.okafor)
        cls.ids = {name: rows[apps.get_model(label)].pk for name, label in OBJECTS.items()}
        cls.ids |= {"doctor": cls.dr_okafor.pk, "membership": cls.owner.membership_id, "unknown": uuid.uuid4()}
        cls.actors = [None, cls.desk, cls.doctor, cls.other_doctor, cls.owner, cls.foreign_desk]

    def address(self, route, objects):
        parts = iter(objects)
        out, rest = "", route
        while "<" in rest:
            before, _, rest = rest.partition("<")
            _, _, rest = rest.partition(">")
            part = next(parts)
            out += before + (part[1:] if part.startswith("=") else str(self.ids[part]))
        return out + rest

    def ask(self, actor, method, address):
        """The status, with whatever the request did taken back."""
        point = transaction.savepoint()
        client = self.client_for(actor) if actor else self.client_class()
        body = (
            {"data": {}, "content_type": "application/json"} if address.startswith("/api/") and method != "GET" else {}
        )
        answer = getattr(client, method.lower())(address, **body)
        status = answer.status_code
        if hasattr(answer, "streaming_content"):
            list(answer.streaming_content)
        transaction.savepoint_rollback(point)
        return status

    def test_everybody_gets_what_the_table_says(self):
        for route, method, objects, expected in lines():
            with self.subTest(f"{method} {route}"):
                address = self.address(route, objects)
                self.assertEqual([self.ask(actor, method, address) for actor in self.actors], expected)

    def test_every_route_has_its_line_and_every_line_its_route(self):
        there, listed = routes(), {}
        for route, method, _, statuses in lines():
            self.assertEqual(len(statuses), len(self.actors), route)
            listed.setdefault(route, set()).add(method)
        self.assertEqual(sorted(set(there) - set(listed)), [], "routes without a line in TABLE")
        self.assertEqual(sorted(set(listed) - set(there)), [], "lines of TABLE without a route")
        missing = {route: methods_of(view) - listed[route] for route, view in there.items()}
        self.assertEqual(
            {route: methods for route, methods in missing.items() if methods}, {}, "methods without a line"
        )

    def test_the_back_office_is_the_front_desks_alone(self):
        for model in site._registry:
            name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            for address in (name, f"{name}add/"):
                with self.subTest(address):
                    statuses = [self.ask(actor, "GET", address) for actor in self.actors]
                    self.assertEqual((statuses[0], statuses[2:5]), (302, [403, 403, 403]))
                    self.assertIn(statuses[1], {200, 403})

    def test_the_back_office_shows_no_row_of_another_clinic(self):
        for model in site._registry:
            with self.subTest(model.__name__), self.inside(self.desk):
                row = model._default_manager.filter(clinic_id=self.riverside.pk).first()
                address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/" if row else None
            if address:
                self.assertEqual(self.ask(self.desk, "GET", address), 200)
                self.assertEqual(self.ask(self.foreign_desk, "GET", address), 302)
