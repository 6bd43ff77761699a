"""User accounts and their passwords."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinicflow.accounts.models import User
from clinicflow.core import clock
from clinicflow.core.errors import Invalid


def find_or_create(email: str, *, name: str, password: str | None) -> User:
    """The user with this e-mail address, or a new one; an existing user keeps name and password.

    Without a password, a new user sets one by “Forgot your password?”. A password given here is known to the caller and
    does not count as the user's own. Invalid if it is too weak, whether or not the user exists, so that the error does
    not reveal accounts.
    """
    address = User.objects.normalize_email(email)
    if password:
        validate_password_strength(password, User(email=address, name=name))
    existing = User.objects.filter(email=address).first()
    return existing or User.objects.create_user(address, password or None, name=name, password_changed_at=None)


def validate_password_strength(password: str, user: User, *, field: str = "password") -> None:
    """Invalid, on `field`, unless the password satisfies the validators."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={field: error.messages}) from error


def invalidate_links(user: User) -> None:
    """Invalidate e-mailed links and a password that another member set; the user's own password stays."""
    if not user.has_own_password:
        user.set_unusable_password()  # a new random one; the links' keys depend on it
        user.save(update_fields=["password", "updated_at"])


def reset_key_of(user: User) -> tuple[str, str]:
    """The two parts of a password link, valid once and for PASSWORD_RESET_TIMEOUT."""
    return user_pk_to_url_str(user), default_token_generator.make_token(user)


def rename(user: User, name: str) -> None:
    """Change the user's name."""
    user.name = name
    user.updated_at = clock.now()
    user.save(update_fields=["name", "updated_at"])
