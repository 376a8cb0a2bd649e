"""Sentences of allauth that we say in Spanish ourselves: its own change between "tú" and "usted".

Listed here, they are collected into our catalogue, which wins over the library's.
"""

from django.utils.translation import gettext_noop as _

OURS = (
    # Signing in and signing up.
    _("Sign In"),
    _("Sign Out"),
    _("Signup"),
    _("Sign Up"),
    _("Send me a sign-in code"),
    _("You will receive a special code for a password-free sign-in."),
    _("Request Code"),
    _("Other sign-in options"),
    _("Enter Sign-In Code"),
    _("We've sent a code to %(recipient)s. The code expires shortly, so please enter it soon."),
    _("Confirm"),
    _("Request new code"),
    _("Cancel"),
    _("Already have an account? Then please %(link)ssign in%(end_link)s."),
    _("Email Verification"),
    _("Enter Email Verification Code"),
    _("Use a different email address"),
    _("Are you sure you want to sign out?"),
    _("Email"),
    _("Email address"),
    _("Code"),
    # What it says after an act.
    _("Successfully signed in as %(name)s."),
    _("You have signed out."),
    _("A sign-in code has been sent to %(recipient)s."),
    _("Confirmation email sent to %(email)s."),
    _("You have confirmed %(email)s."),
    # What went wrong.
    _("Incorrect code."),
    _("Invalid or expired key."),
    _("Invalid login."),
    _("The email address is not assigned to any user account."),
    _("Too many failed login attempts. Try again later."),
    _("Please select only one."),
    _("Be patient, you are sending too many requests."),
    _("This account is inactive."),
    # Second factors.
    _("Use authenticator app or code"),
    _("Enter your password:"),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("Save them  in a secure location now — they won't be shown again."),
    _("Download codes"),
    _("Trust this Browser?"),
    _(
        "If you choose to trust this browser, you will not be asked for a verification code "
        "the next time you sign in."
    ),
    _("Trust for %(period)s"),
    _("Don't Trust"),
    _("Add"),
    _("Add Security Key"),
    _("Are you sure you want to remove this security key?"),
)
