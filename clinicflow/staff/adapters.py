"""django-allauth adapters: no sign-up, one `AuthSession` and one audit entry for each sign-in."""

import base64
import hashlib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest

from clinicflow.accounts.models import User
from clinicflow.accounts.operations import sessions
from clinicflow.core import clock
from clinicflow.core.client_ip import client_ip
from clinicflow.staff.operations import sign_in
from clinicflow.staff.selectors.actor_resolution import origin_of_request

log = structlog.get_logger(__name__)
SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-out and passwords of the web pages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # managers invite members

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        session, _ = sign_in.start_session(user, origin_of_request(request), kind="web")
        request.session[sessions.SESSION_KEY] = str(session.pk)

    def logout(self, request: HttpRequest) -> None:
        session = sessions.session_of_request(request)
        if session is not None:
            sign_in.end_session(session, origin_of_request(request))
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        reason = "locked out" if getattr(request, "axes_locked_out", False) else "wrong password or address"
        sign_in.record_failure(str(credentials.get("email", "")), origin_of_request(request), reason=reason)

    def set_password(self, user: User, password: str) -> None:
        user.password_changed_at = clock.now()
        super().set_password(user, password)

    @transaction.atomic
    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Notify a user of a change to their account. django-allauth may call this after the request's commit."""
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render a mail and send it after the commit. A failure is logged: what the mail is about has happened."""
        request = allauth_context.request
        message = self.render_mail(
            template_prefix,
            email,
            {"request": request, "email": email, "current_site": get_current_site(request)} | context,
        )

        def send() -> None:
            try:
                message.send()
            except OSError as error:  # SMTPException is one
                log.error("account_mail_failed", kind=template_prefix, error=type(error).__name__)

        transaction.on_commit(send)

    def reauthenticate(self, user: User, password: str) -> bool:
        authenticated = self.authenticate(self.request, email=user.email, password=password)
        return authenticated is not None and authenticated.pk == user.pk

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "unknown"

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **k: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *a, **k)


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts authenticator seeds and recovery codes at rest, with a key derived from `SECRET_KEY`."""

    @staticmethod
    def _cipher() -> Fernet:
        key = hashlib.sha256(b"clinicflow second factors:" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._cipher().decrypt(encrypted_text.encode()).decode()
