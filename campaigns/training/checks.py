"""The check itself, its result, and the certificate that comes of it; all behind a private link."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from campaigns.models import Attempt, Certificate, Learner
from campaigns.training import certificates, checking, learning
from campaigns.training.forms import CertificateForm, CheckForm
from campaigns.training.views import private
from core.headers import as_file


@private
def start(request: HttpRequest, learner: Learner, *, token: str) -> HttpResponse:
    """Takes up a course (`course`) or goes on with it; the questions are frozen by the press."""
    if request.method != "POST":
        return redirect("training_mine", token)
    language = learning.language_now()
    try:
        key = UUID(request.POST.get("course", ""))
    except ValueError:
        return redirect("training_mine", token)
    course = learning.course_of(key, language)
    row = learner.studies.filter(course_key=key).first()
    if row is None:
        if course is None:
            return render(request, "campaigns/training/gone.html", {"token": token}, status=410)
        learning.study(learner, course)
        return redirect("training_mine", token)
    try:
        attempt = learning.start(row, language=language)
    except learning.Closed:
        return render(request, "campaigns/training/gone.html", {"token": token}, status=410)
    except learning.Passed:
        return redirect("training_mine", token)
    return redirect("training_check", token, attempt.pk)


@private
def check(request: HttpRequest, learner: Learner, *, token: str, pk: int) -> HttpResponse:
    """Questions to answer, and once they are answered, what was right and why."""
    attempt = Attempt.objects.select_related("study").filter(study__learner=learner, pk=pk).first()
    if attempt is None:
        raise Http404
    context = {"attempt": attempt, "token": token, "learner": learner}
    if attempt.graded_at is None:
        form = CheckForm(attempt.questions, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            learning.answer(attempt, answers=form.answers)
            return redirect("training_check", token, pk)
        return render(
            request,
            "campaigns/training/check.html",
            context | {"form": form},
            status=422 if form.errors else 200,
        )
    if request.method == "POST":
        # Another tab was faster: what it sent stands.
        return redirect("training_check", token, pk)
    assert attempt.answers is not None  # it is graded
    told = checking.tell(attempt.questions, attempt.answers)
    certificate = Certificate.objects.filter(attempt=attempt).first()
    course = learning.course_of(attempt.study.course_key, learning.language_now())
    context |= {"told": told, "certificate": certificate, "course": course}
    return render(request, "campaigns/training/result.html", context)


@private
def certificate(request: HttpRequest, learner: Learner, *, token: str, pk: int) -> HttpResponse:
    """Of a passed attempt: first what it is to say, then its file, and what can be taken back."""
    attempt = (
        Attempt.objects.select_related("study")
        .filter(study__learner=learner, pk=pk, passed=True)
        .first()
    )
    if attempt is None:
        raise Http404
    made = Certificate.objects.filter(attempt=attempt).first()
    if made:
        if request.method == "POST" and "file" in request.POST and made.withdrawn_at is None:
            # Drawn outside any transaction; nothing is written.
            return as_file(certificates.render(made), certificates.file_name(made))
        context = {
            "certificate": made,
            "attempt": attempt,
            "is_valid": certificates.is_valid(made),
            "verify_url": certificates.verify_url(made),
            "has_workplace": learner.workplace is not None,
            "token": token,
        }
        return render(request, "campaigns/training/certificate.html", context)
    workplace = learner.workplace
    form = CertificateForm(
        request.POST if request.method == "POST" else None,
        has_workplace=workplace is not None,
        may_name=workplace is not None and workplace.is_named,
    )
    if request.method == "POST" and form.is_valid():
        certificates.make(attempt, **form.cleaned_data)
        return redirect("training_certificate", token, pk)
    context = {"form": form, "attempt": attempt, "token": token, "workplace": workplace}
    return render(
        request, "campaigns/training/make.html", context, status=422 if form.errors else 200
    )


@private
def name(request: HttpRequest, learner: Learner, *, token: str, pk: int) -> HttpResponse:
    """Her choices about the name, taking it away, taking the certificate back."""
    made = Certificate.objects.filter(attempt__study__learner=learner, attempt_id=pk).first()
    if made is None:
        raise Http404
    act = request.POST.get("act", "")
    if request.method == "POST":
        if act == "choose":
            certificates.choose(
                made,
                shows_name="shows_name" in request.POST,
                coordinator_sees="coordinator_sees" in request.POST
                and learner.workplace is not None,
            )
        elif act == "unname":
            certificates.take_name_away(made)
        elif act == "withdraw":
            certificates.withdraw(made)
    return redirect("training_certificate", token, pk)
