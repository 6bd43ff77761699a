"""Users, their sessions and refresh tokens."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from clinicflow.accounts.querysets import UserManager
from clinicflow.core.models import Timestamped


class User(AbstractBaseUser, Timestamped):
    """A user with an e-mail address and a password. Their memberships define what they may do.

    `password_changed_at` is when the user last chose the password, by an e-mailed link or while signed in; None while
    there is no password, or one that another member set.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        DISABLED = "disabled"

    email = models.EmailField(unique=True, max_length=254)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    is_active = models.GeneratedField(
        expression=Q(status="active"),  # type: ignore[arg-type]  # Django accepts conditions, its stubs do not
        output_field=models.BooleanField(),
        db_persist=True,
    )
    password_changed_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        db_table = "users"
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="users_email_lower_case"),
            models.CheckConstraint(condition=Q(status__in=["active", "disabled"]), name="users_status_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def has_own_password(self) -> bool:
        """Whether the user chose the password, so that no other member knows it."""
        return self.has_usable_password() and self.password_changed_at is not None


class AuthSession(Timestamped):
    """A session, of a browser or an API client. Revoking it ends its cookies, tokens and sockets immediately."""

    class Kind(models.TextChoices):
        WEB = "web"
        API = "api"

    user = models.ForeignKey(User, models.CASCADE, related_name="auth_sessions")
    kind = models.CharField(max_length=3, choices=Kind)
    # The membership that the user acts under; no foreign key, because its model is in a higher layer.
    membership_id = models.UUIDField(null=True, blank=True)
    last_seen_at = models.DateTimeField()
    absolute_until = models.DateTimeField()
    # Minutes without a request after which a web session ends: the clinic's session_timeout. None: no limit.
    idle_minutes = models.PositiveIntegerField(null=True, blank=True)
    # An HMAC of the user's password hash: any change of the password ends the session.
    auth_hash = models.CharField(max_length=128, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "auth_sessions"
        indexes = [models.Index(fields=["user", "revoked_at"], name="auth_sessions_by_user")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["web", "api"]), name="auth_sessions_kind_known")]


class RefreshToken(Timestamped):
    """A refresh token, stored as its SHA-256. Single use; a second use revokes its session."""

    session = models.ForeignKey(AuthSession, models.CASCADE, related_name="refresh_tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "refresh_tokens"
