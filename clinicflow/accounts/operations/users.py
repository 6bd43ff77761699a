"""People's accounts: making them, passwords."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinicflow.accounts.models import User
from clinicflow.core import clock
from clinicflow.core.errors import Invalid


def find_or_create(email: str, *, name: str, password: str | None) -> User:
    """The person with this address, or a new one. An existing person keeps name and password. Without a password a new
    person sets one by “Forgot your password?”; one that is given here is known to whoever gives it, and not yet their
    own. Invalid if it is too weak, whether or not the person is known: a refusal tells nobody who has an account.
    """
    address = User.objects.normalize_email(email)
    if password:
        validate_password_strength(password, User(email=address, name=name))
    known: User | None = User.objects.filter(email=address).first()
    return known or User.objects.create_user(address, password or None, name=name, password_changed_at=None)


def validate_password_strength(password: str, user: User, *, field: str = "password") -> None:
    """Invalid, on `field`, unless the password satisfies the rules."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={field: error.messages}) from error


def invalidate_links(user: User) -> None:
    """Make the links that were mailed to somebody useless, and a password that a manager gave them; their own stays."""
    if not user.has_own_password:
        user.set_unusable_password()  # another random one, on which the links' keys depend
        user.save(update_fields=["password", "updated_at"])


def reset_key_of(user: User) -> tuple[str, str]:
    """The two parts of a link by which the person chooses a password: good once, and for PASSWORD_RESET_TIMEOUT."""
    return user_pk_to_url_str(user), default_token_generator.make_token(user)


def rename(user: User, name: str) -> None:
    """Change a person's name."""
    user.name = name
    user.updated_at = clock.now()
    user.save(update_fields=["name", "updated_at"])
