"""Show the components, and one template in one state."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from campaigns.blocks import DRAWINGS
from pages.styleguide.forms import GiveForm, sample_form
from pages.styleguide.states import STATES


def index(request: HttpRequest) -> HttpResponse:
    _refuse_in_production()
    context = {
        "form": GiveForm(),
        "wrong": sample_form(wrong=True),
        "states": list(STATES),
        "drawings": [f"img/{name}.svg" for name, _label in DRAWINGS],
        "facts": [
            {"label": "Name", "value": "Ada Okafor"},
            {"label": "E-mail", "value": "ada@example.org"},
        ],
    }
    return render(request, "pages/styleguide.html", context)


def state(request: HttpRequest, name: str) -> HttpResponse:
    _refuse_in_production()
    if name not in STATES:
        raise Http404(name)
    template, context = STATES[name]
    return render(request, template, context())


def _refuse_in_production() -> None:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The style guide is shown while developing and in demonstrations.")
