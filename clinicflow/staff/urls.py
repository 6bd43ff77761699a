"""Sign-in, second factors, role choice and members."""

from allauth.account import views as account
from django.urls import include, path, re_path

from clinicflow.access.guards import public
from clinicflow.staff.views import members, sign_in

# The URL names that REST framework's browsable API uses.
browsable = [
    path("account/login/", sign_in.SignInView.as_view(), name="login"),
    path("account/logout/", account.logout, name="logout"),
]
urlpatterns = [
    path("", sign_in.home, name="home"),
    path("choose-role", sign_in.choose_role, name="choose_role"),
    path("switch-role", sign_in.switch_role, name="switch_role"),
    # django-allauth's pages, without sign-up: managers invite members
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
        public(members.InvitationView.as_view()),
        name="invitation",
    ),
    path("settings/users", members.member_list, name="people"),
    path("settings/users/new", members.member_invite, name="person_new"),
    path("settings/users/<uuid:pk>", members.member_detail, name="person"),
    *(
        path(f"settings/users/<uuid:pk>/{action}", members.member_action, {"action": action}, name=f"person_{action}")
        for action in members.ACTIONS
    ),
    path("account/signup/", sign_in.not_available, name="account_signup"),
    path("account/email/", sign_in.not_available, name="account_email"),
]
