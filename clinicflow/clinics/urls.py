"""Signing in and out, the second factor, roles."""

from allauth.account import views as account
from django.urls import include, path, re_path, register_converter

from clinicflow.clinics.declared import TAB_BY_SLUG
from clinicflow.clinics.permissions import public
from clinicflow.clinics.views import doctor_settings, log, people, settings, sign_in


class TabConverter:
    """A tab of the settings, by its slug."""

    regex = "|".join(TAB_BY_SLUG)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TabConverter, "tab")

# What REST framework's browsable pages call signing in and out.
browsable = [
    path("account/login/", sign_in.SignInView.as_view(), name="login"),
    path("account/logout/", account.logout, name="logout"),
]
urlpatterns = [
    path("", sign_in.home, name="home"),
    path("choose-role", sign_in.choose_role, name="choose_role"),
    path("switch-role", sign_in.switch_role, name="switch_role"),
    path("settings", settings.first_tab, name="settings"),
    path("settings/me", doctor_settings.mine, name="settings_me"),
    path("settings/doctors/<uuid:pk>/booking", doctor_settings.of_doctor, name="settings_doctor_booking"),
    path("settings/<tab:slug>", settings.tab, name="settings_tab"),
    # django-allauth's pages, the ones that make sense where managers add people
    path("account/login/", sign_in.SignInView.as_view(), name="account_login"),
    path("account/passkey/", sign_in.passkey, name="passkey"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/password/reset/", account.password_reset, name="account_reset_password"),
    path("account/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include((browsable, "rest_framework"))),
    re_path(
        r"^account/invitation/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(people.InvitationView.as_view()),
        name="invitation",
    ),
    path("settings/users", people.people, name="people"),
    path("settings/users/new", people.person_new, name="person_new"),
    path("settings/users/<uuid:pk>", people.person, name="person"),
    *(
        path(f"settings/users/<uuid:pk>/{action}", people.person_act, {"action": action}, name=f"person_{action}")
        for action in people.ACTS
    ),
    path("audit", log.audit, name="audit"),
    path("audit/check", log.audit_check, name="audit_check"),
    path("account/signup/", sign_in.closed, name="account_signup"),
    path("account/email/", sign_in.closed, name="account_email"),
]
