"""`/api/auth/`: sign-in, sign-out, token refresh, role switch, and the current user."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinicflow.access.permissions import permissions_of
from clinicflow.accounts import lockout
from clinicflow.accounts.errors import BadCredentials, SecondFactorRequired
from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.operations import second_factor, sessions, tokens
from clinicflow.api.base import ClinicView
from clinicflow.api.schema import problem_responses
from clinicflow.api.throttles import SignInThrottle
from clinicflow.clinics.http import clinic_request
from clinicflow.clinics.models import Membership
from clinicflow.core.errors import DomainError
from clinicflow.staff.api.serializers import Login, Me, Refresh, SwitchRole, TokenPair, UserBrief
from clinicflow.staff.operations import sign_in
from clinicflow.staff.selectors.actor_resolution import origin_of_request

STAFF = ("admin", "doctor", "owner")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def pair(session: AuthSession, membership: Membership | None, refresh: str) -> dict[str, Any]:
    """Access and refresh token, and their user."""
    return {
        "access": tokens.access_token(session, claims_of(membership)),
        "refresh": refresh,
        "user": UserBrief(session.user).data,
    }


def claims_of(membership: Membership | None) -> dict[str, str | None]:
    """Claims for the client's information; the server never reads them."""
    if membership is None:
        return {}
    return {
        "membership": str(membership.pk),
        "clinic": str(membership.clinic_id),
        "role": membership.role,
        "doctor": str(membership.doctor_id) if membership.doctor_id else None,
    }


# Their writes must survive an error response: the failed attempt, the revoked session of a stolen token.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class OutsideTransaction(APIView):
    """Base of sign-in and refresh: public, throttled by IP address, with transactions of their own."""

    outside_transaction = True
    permission_classes = [AllowAny]
    authentication_classes: list[type] = []
    throttle_classes = [SignInThrottle]

    def read(self, input_class: Any) -> dict[str, Any]:
        serializer = input_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class LoginView(OutsideTransaction):
    @extend_schema(
        operation_id="login",
        summary="Sign in",
        request=Login,
        responses={200: TokenPair} | problem_responses(400, 401, 403, 429),
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Sign in with email and password, and `otp` if a second factor is set up (`code: mfa_required`)."""
        fields = self.read(Login)
        with transaction.atomic():
            result = self._sign_in(request, **fields)
        if isinstance(result, DomainError):
            raise result
        return Response(result)

    def _sign_in(self, request: Request, email: str, password: str, otp: str = "") -> dict[str, Any] | DomainError:
        """The tokens, or the error as a value: raising it here would roll back its audit entry."""
        inner, origin = request._request, origin_of_request(request._request)
        user = authenticate(inner, email=email, password=password)
        if not isinstance(user, User) or not user.is_active:
            sign_in.record_failure(email, origin, reason="wrong password or address")
            return BadCredentials()
        if second_factor.is_enrolled(user):
            if not otp:
                sign_in.record_failure(email, origin, reason=sign_in.CODE_ASKED)
                return SecondFactorRequired()
            if lockout.are_codes_locked(inner, user):
                return BadCredentials()  # AxesMiddleware answers 429
            if not second_factor.verify_code(user, otp):
                lockout.count_wrong_code(inner, user)
                sign_in.record_failure(email, origin, reason="wrong second factor")
                return BadCredentials("The second factor code is incorrect.")
            lockout.reset_codes(user)
        user_logged_in.send(User, request=inner, user=user)
        session, membership = sign_in.start_session(user, origin, kind=AuthSession.Kind.API)
        return pair(session, membership, tokens.refresh_token(session))


class RefreshView(OutsideTransaction):
    @extend_schema(
        operation_id="refreshToken",
        summary="A new pair of tokens",
        request=Refresh,
        responses={200: TokenPair} | problem_responses(400, 401, 429),
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """A new pair for a refresh token, which is then invalid; using it again ends the session."""
        rotation = tokens.rotate(self.read(Refresh)["refresh"])
        with transaction.atomic():
            membership = sign_in.membership_of(rotation.session)
        return Response(pair(rotation.session, membership, rotation.refresh))


class LogoutView(ClinicView):
    roles = STAFF
    replayable = False

    @extend_schema(
        operation_id="logout", summary="Sign out", request=None, responses={204: None} | problem_responses(401)
    )
    def post(self, request: Request) -> Response:
        """End this session with its refresh tokens, access tokens and sockets."""
        inner = clinic_request(request._request)
        sign_in.end_session(inner.auth_session, origin_of_request(inner))
        return Response(status=204)


class SwitchRoleView(ClinicView):
    roles = STAFF
    replayable = False

    @extend_schema(
        operation_id="switchRole",
        summary="Switch to another role",
        request=SwitchRole,
        responses={200: TokenPair} | problem_responses(400, 401, 403),
    )
    def post(self, request: Request) -> Response:
        """Switch to another role that you have; the old tokens are revoked and new ones returned."""
        inner = clinic_request(request._request)
        session, membership = sign_in.select_role(inner.auth_session, origin_of_request(inner), **self.read(SwitchRole))
        sessions.extend(inner, session)
        return Response(pair(session, membership, tokens.refresh_token(session)))


class MeView(ClinicView):
    roles = STAFF

    @extend_schema(
        operation_id="getCurrentUser",
        summary="The current user and what they may do",
        responses={200: Me} | problem_responses(401),
    )
    def get(self, request: Request) -> Response:
        """The current user, the active membership, all memberships, and the permissions of the role."""
        user = clinic_request(request._request).auth_session.user
        memberships = sign_in.memberships_of(user)
        current = next(membership for membership in memberships if membership.pk == self.actor.membership_id)
        return Response(
            Me(
                {
                    "user": user,
                    "membership": current,
                    "memberships": memberships,
                    "permissions": permissions_of(current.role),
                }
            ).data
        )
