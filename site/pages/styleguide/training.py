"""The states of the training's pages, with made-up data."""

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from campaigns.models import Sector, Workplace
from campaigns.training import certificates, checking
from campaigns.training.blocks import AsksBlock, LessonBodyBlock
from campaigns.training.forms import (
    BeginForm,
    CertificateForm,
    ChangeForm,
    CheckForm,
    MailForm,
    SignUpForm,
    VerifyForm,
)
from campaigns.training.workplaces import Line
from pages.demo.training_hotel import ENGLISH
from pages.styleguide.forms import LONG

KEY = UUID(int=1)
OWN = "made-up"
URL = "https://northstar.example/training/join/8tq3Vb1Yw0cKz5mP/"
DAY = date(2026, 11, 22)
SECTOR = Sector(pk=1, code="hotel", name="Hotels", name_es="Hoteles")


def course(**facts: Any) -> Any:
    words = {name: ENGLISH[name] for name in ("title", "summary", "drawing")} | facts
    body = LessonBodyBlock().to_python([])
    # Its sector's page stands nowhere: a plain object will do.
    return SimpleNamespace(
        sector=SECTOR,
        body=body,
        pass_percent=80,
        translation_key=KEY,
        url_path="/front/training/hotel/",
        **words,
    )


def lesson(number: int, **facts: Any) -> Any:
    told = ENGLISH["lessons"][number] | facts
    parts = [{"type": kind, "value": value} for kind, value in told["body"]]
    body = LessonBodyBlock().to_python(parts)
    path = f"/front/training/hotel/{told['slug']}/"
    return SimpleNamespace(**told | {"body": body}, url_path=path)


def outline(*, checked: bool = False, **facts: Any) -> Any:
    lessons = [lesson(number) for number in range(3)]
    return SimpleNamespace(
        course=course(**facts),
        lessons=lessons,
        minutes=12,
        asks=5,
        is_sample=not checked,
        check=SimpleNamespace(checked_at=DAY) if checked else None,
    )


def one_course(*, checked: bool = False, **facts: Any) -> dict[str, Any]:
    found = outline(checked=checked, **facts)
    index = {"title": "Training", "url_path": "/front/training/"}
    return {"page": found.course, "outline": found, "index": SimpleNamespace(**index)}


def one_lesson(number: int = 1, **facts: Any) -> dict[str, Any]:
    told = one_course()
    lessons = told["outline"].lessons
    return told | {
        "course": told["page"],
        "page": lesson(number, **facts),
        "number": number + 1,
        "before": lessons[number - 1],
        "after": lessons[number + 1] if number < 2 else None,
    }


def questions() -> list[Any]:
    parts = [{"type": kind, "value": value} for kind, value in ENGLISH["questions"]]
    return [checking.plain(block.value) for block in AsksBlock().to_python(parts)]


def workplace(name: str = "Hotel Aurora", **facts: Any) -> Workplace:
    return Workplace(name=name, sector=SECTOR, size="50", is_named=True, **facts)


def begin(place: Workplace | None = None, data: dict[str, str] | None = None) -> dict[str, Any]:
    form = BeginForm([course()], data, initial=BeginForm.marks())
    return {"form": form, "workplace": place, "days": 90}


def attempt(**facts: Any) -> Any:
    values = {"pk": 1, "title": ENGLISH["title"], "language": "en", "total": 5, "pass_percent": 80}
    values |= {"is_sample": True, "right": 3, "passed": False}
    return SimpleNamespace(study=SimpleNamespace(course_key=KEY), **values | facts)


def check(*, sent: bool = False) -> dict[str, Any]:
    form = CheckForm(questions(), {"q0": ["0"]} if sent else None)
    return {"form": form, "attempt": attempt(), "token": OWN}


def result(*, passed: bool = False) -> dict[str, Any]:
    asked = questions()
    chosen = [[n for n, one in enumerate(q["answers"]) if one["right"]] for q in asked]
    if not passed:
        chosen[0], chosen[1] = [1], [0]
    return {
        "attempt": attempt(passed=passed, right=5 if passed else 3),
        "told": checking.tell(asked, chosen),
        "course": course(),
        "certificate": None,
        "token": OWN,
    }


def card(state: str, **facts: Any) -> Any:
    values: dict[str, Any] = {
        "study": SimpleNamespace(title=ENGLISH["title"], course_key=KEY),
        "course": None if state == "gone" else course(),
        "going": attempt(),
        "last": None,
        "passed": attempt(passed=True),
        "certificate": SimpleNamespace(expires_on=DAY),
        "state": state,
    }
    return SimpleNamespace(**values | facts)


def mine(*cards: Any, others: int = 0, place: Workplace | None = None) -> dict[str, Any]:
    return {
        "token": OWN,
        "learner": SimpleNamespace(workplace=place),
        "cards": cards,
        "others": [course()] * others,
        "days": 90,
        "years": 2,
    }


def make(data: dict[str, str] | None = None) -> dict[str, Any]:
    form = CertificateForm(data, has_workplace=True, may_name=True)
    return {"form": form, "attempt": attempt(), "token": OWN}


def certificate(
    name: str = "", *, withdrawn: bool = False, is_valid: bool = True
) -> dict[str, Any]:
    facts = {"title": ENGLISH["title"], "language": "en", "workplace": name and "Hotel Aurora"}
    row = SimpleNamespace(
        facts=facts,
        name=name,
        shows_name=True,
        coordinator_sees=False,
        code="KTRD-WXPN-BCHG-MSVZ",
        expires_on=DAY,
        withdrawn_at=DAY if withdrawn else None,
    )
    return {
        "certificate": row,
        "attempt": attempt(),
        "is_valid": is_valid,
        "verify_url": "https://northstar.example/training/verify/KTRD-WXPN-BCHG-MSVZ/",
        "has_workplace": bool(name),
        "token": OWN,
    }


def verify(state: str = "", *, name: str = "") -> dict[str, Any]:
    shown = None
    if state in ("valid", "ended"):
        shown = certificates.Shown(state, ENGLISH["title"], "Hotels", DAY, DAY, name)
    elif state:
        shown = certificates.Shown(state)
    return {"form": VerifyForm(), "shown": shown}


def sign_up(*, sent: bool = False) -> dict[str, Any]:
    return {"form": SignUpForm({} if sent else None, initial=SignUpForm.marks())}


def coordinator(*, joined: bool = True, url: str = URL, **facts: Any) -> dict[str, Any]:
    row = workplace(**facts)
    lines = [Line("Signs in a hotel", 25, 21), Line("Signs in a hospital", 3, 0)] if joined else []
    return {
        "row": row,
        "token": OWN,
        "lines": lines,
        "names": [(DAY, "Signs in a hotel", "Ada Okafor")] if joined else [],
        "join_url": url,
        "papers": [("en", "English", "a4"), ("es", "Español", "letter")],
        "form": ChangeForm(initial={"name": row.name, "is_named": True}),
    }


FOLDER = "campaigns/training"
STATES = {
    "training": (
        f"{FOLDER}/index.html",
        lambda: {"page": {"title": "Training"}, "outlines": [outline(), outline(checked=True)]},
    ),
    "training-none": (f"{FOLDER}/index.html", lambda: {"page": {"title": "T"}, "outlines": []}),
    "course": (f"{FOLDER}/course.html", one_course),
    "course-checked": (f"{FOLDER}/course.html", lambda: one_course(checked=True, title=LONG)),
    "lesson": (f"{FOLDER}/lesson.html", one_lesson),
    "lesson-last-long": (f"{FOLDER}/lesson.html", lambda: one_lesson(2, title=LONG)),
    "begin": (f"{FOLDER}/begin.html", begin),
    "begin-wrong": (f"{FOLDER}/begin.html", lambda: begin(data={})),
    "join-long": (f"{FOLDER}/begin.html", lambda: begin(workplace(LONG[:120]))),
    "join-closed": (f"{FOLDER}/closed.html", dict),
    "check": (f"{FOLDER}/check.html", check),
    "check-missing": (f"{FOLDER}/check.html", lambda: check(sent=True)),
    "result": (f"{FOLDER}/result.html", result),
    "result-passed": (f"{FOLDER}/result.html", lambda: result(passed=True)),
    "my-courses": (
        f"{FOLDER}/mine.html",
        lambda: mine(*map(card, ("ready", "going", "passed", "certified")), others=1),
    ),
    "my-courses-others": (
        f"{FOLDER}/mine.html",
        lambda: mine(card("gone"), card("ended", last=attempt()), place=workplace(LONG[:120])),
    ),
    "make-certificate": (f"{FOLDER}/make.html", make),
    "make-certificate-wrong": (f"{FOLDER}/make.html", lambda: make({"shows_name": "on"})),
    "my-certificate": (f"{FOLDER}/certificate.html", certificate),
    "my-certificate-named": (f"{FOLDER}/certificate.html", lambda: certificate(LONG[:80])),
    "my-certificate-over": (
        f"{FOLDER}/certificate.html",
        lambda: certificate("Ada", is_valid=False),
    ),
    "my-certificate-withdrawn": (
        f"{FOLDER}/certificate.html",
        lambda: certificate(withdrawn=True),
    ),
    "mail-link": (f"{FOLDER}/mail.html", lambda: {"form": MailForm({}), "token": OWN}),
    "mail-link-sent": (f"{FOLDER}/mail.html", lambda: {"sent": True, "token": OWN}),
    "verify": (f"{FOLDER}/verify.html", verify),
    "verify-valid": (f"{FOLDER}/verify.html", lambda: verify("valid", name="Ada Okafor")),
    "verify-ended": (f"{FOLDER}/verify.html", lambda: verify("ended")),
    "verify-withdrawn": (f"{FOLDER}/verify.html", lambda: verify("withdrawn")),
    "verify-unknown": (f"{FOLDER}/verify.html", lambda: verify("unknown")),
    "sign-up": (f"{FOLDER}/sign_up.html", sign_up),
    "sign-up-wrong": (f"{FOLDER}/sign_up.html", lambda: sign_up(sent=True)),
    "sign-up-confirm": (
        f"{FOLDER}/confirm.html",
        lambda: {"row": workplace(LONG[:120]), "token": OWN},
    ),
    "coordinator": (f"{FOLDER}/workplace.html", coordinator),
    "coordinator-new": (f"{FOLDER}/workplace.html", lambda: coordinator(joined=False)),
    "coordinator-stopped": (
        f"{FOLDER}/workplace.html",
        lambda: coordinator(url="", name=LONG[:120]),
    ),
    "coordinator-closed": (
        f"{FOLDER}/workplace.html",
        lambda: coordinator(url="", closed_at=DAY),
    ),
    "coordinator-erase": (
        f"{FOLDER}/erase.html",
        lambda: {"row": workplace(), "token": OWN},
    ),
    "coordinator-expired": (f"{FOLDER}/no_way_in.html", lambda: {"state": "expired"}),
}
