"""People who may sign in at a demonstration, with passwords that can be shown again."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group

from accounts.models import User
from core.tokens import keyed_hash
from staff import roles


@dataclass(frozen=True)
class SignIn:
    email: str
    name: str
    roles: tuple[str, ...]

    @property
    def password(self) -> str:
        """The same each time on this installation, and another one on every other."""
        return keyed_hash(self.email, purpose="demo password")[:16]


STAFF = (
    SignIn("admin@northstar.example", "Amina", ("Administrator",)),
    SignIn("second-admin@northstar.example", "Bo", ("Administrator",)),
    SignIn("finance@northstar.example", "Femi", ("Finance lead",)),
    SignIn("care@northstar.example", "Carla", ("Donor care",)),
    SignIn("gifts@northstar.example", "Gita", ("Gifts coordinator",)),
    SignIn("second-gifts@northstar.example", "Hugo", ("Gifts coordinator",)),
    SignIn("purchaser@northstar.example", "Pia", ("Purchaser",)),
    SignIn("needs@northstar.example", "Nora", ("Needs keeper",)),
    SignIn("second-needs@northstar.example", "Omar", ("Needs keeper",)),
    SignIn("privacy@northstar.example", "Petra", ("Privacy lead",)),
    SignIn("second-privacy@northstar.example", "Quim", ("Privacy lead",)),
    SignIn("editor@northstar.example", "Edda", ("Editor", "Publisher")),
)
DONOR = "donor@northstar.example"


def seed() -> None:
    """Make the roles and whoever is not there yet."""
    roles.sync()
    for one in STAFF:
        user, made = User.objects.get_or_create(email=one.email, defaults={"first_name": one.name})
        if made:
            user.set_password(one.password)
            user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name__in=one.roles))
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP):
            TOTP.activate(user, generate_totp_secret())
    donor = User.objects.filter(email=DONOR).first()
    donor = donor or User.objects.create_user(DONOR, first_name="Dora")
    EmailAddress.objects.get_or_create(
        user=donor, email=DONOR, defaults={"primary": True, "verified": True}
    )


def coordinators() -> tuple[User, User]:
    """Who wrote the sample wishes, and who passed them."""
    first, second = (one.email for one in STAFF if "Gifts coordinator" in one.roles)
    return User.objects.get(email=first), User.objects.get(email=second)


def buyers() -> dict[str, User]:
    """Who draws up the sample orders, and who lets their money go."""
    of = {role: one.email for one in STAFF for role in one.roles}
    return {
        "buyer": User.objects.get(email=of["Purchaser"]),
        "finance": User.objects.get(email=of["Finance lead"]),
    }


def show() -> str:
    """How to sign in, for a person to read."""
    lines = [f"{one.email:32} {one.password}  {', '.join(one.roles)}" for one in STAFF]
    return "\n".join(
        [
            "Staff sign in with e-mail, password and a code (make code):",
            *(f"  {line}" for line in lines),
            f"A donor signs in with {DONOR} and the code in the mail; mails lie at /demo/mails/",
        ]
    )
