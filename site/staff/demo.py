"""People who may sign in at a demonstration, with passwords that can be shown again."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group

from accounts.models import User
from core.tokens import keyed_hash
from gifts.partners.demo_houses import HOUSES
from staff import code_sheets, roles


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
    SignIn("second-editor@northstar.example", "Elio", ("Publisher",)),
    SignIn("safeguarding@northstar.example", "Sira", ("Safeguarding",)),
    SignIn("board@northstar.example", "Basma", ("Board",)),
)
# They state needs; who they work for is made together with these.
CASE_WORKERS = tuple(
    SignIn(email, name, ("Case worker", house.name))
    for house in HOUSES
    if house.is_shown
    for email, name in house.workers
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


def seed_case_workers() -> None:
    """Give those who were made a password, and a sheet of codes as they get it on paper."""
    by = User.objects.get(email=STAFF[0].email)
    for one in CASE_WORKERS:
        user = User.objects.get(email=one.email)
        if not user.has_usable_password():
            user.set_password(one.password)
            user.save(update_fields=["password"])
            code_sheets.issue(user, by=by)


def coordinators() -> tuple[User, User]:
    """Who wrote the sample wishes, and who passed them."""
    first, second = (one.email for one in STAFF if "Gifts coordinator" in one.roles)
    return User.objects.get(email=first), User.objects.get(email=second)


def keepers() -> dict[str, User]:
    """Who entered the sample partners and verified their needs, and who signed second."""
    first, second = (one.email for one in STAFF if "Needs keeper" in one.roles)
    return {"keeper": User.objects.get(email=first), "second": User.objects.get(email=second)}


def editors() -> dict[str, User]:
    """Who wrote the sample stories, who passed them, and who keeps the consents."""
    first, second = (one.email for one in STAFF if "Publisher" in one.roles)
    keeper = next(one.email for one in STAFF if "Privacy lead" in one.roles)
    emails = {"by": first, "second": second, "keeper": keeper}
    return {name: User.objects.get(email=email) for name, email in emails.items()}


def buyers() -> dict[str, User]:
    """Who draws up the sample orders, and who lets their money go."""
    of = {role: one.email for one in STAFF for role in one.roles}
    return {
        "buyer": User.objects.get(email=of["Purchaser"]),
        "finance": User.objects.get(email=of["Finance lead"]),
    }


def publisher() -> User:
    """Who sent the sample letter."""
    email = next(one.email for one in STAFF if "Publisher" in one.roles)
    return User.objects.get(email=email)


def show() -> str:
    """How to sign in, and what to try, for a person to read."""
    lines = ["Staff sign in with e-mail, password and a code (make code):", *_lines(STAFF)]
    there = {"email__in": [one.email for one in CASE_WORKERS]}
    if User.objects.filter(**there).exists():
        lines += [
            "Case workers of partners sign in at the same address, each with a code of her sheet:",
            *_lines(CASE_WORKERS),
            *TO_TRY,
        ]
    lines.append(
        f"A donor signs in with {DONOR} and the code in the mail; mails lie at /demo/mails/"
    )
    return "\n".join(lines)


TO_TRY = (
    "To try: as a case worker state what somebody needs, as second-needs@ verify it;",
    "  as gifts@ propose matches and approve them (Matching), then pack and send them (Delivery).",
)


def _lines(people: Iterable[SignIn]) -> list[str]:
    return [f"  {one.email:32} {one.password}  {', '.join(one.roles)}" for one in people]
