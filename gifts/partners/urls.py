"""Addresses of the partners' pages: codes and neutral words, as browsers keep them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path, register_converter

from gifts.partners import arrived, showing, steps, team
from gifts.vault.stating import STEPS


class StepConverter:
    regex = "|".join(STEPS)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(StepConverter, "request_step")


def nothing(request: HttpRequest) -> HttpResponse:
    """Without it, what is unknown here would be asked of the public site."""
    raise Http404


app_name = "partner_pages"
urlpatterns = [
    path("", showing.home, name="home"),
    path("team/", team.team, name="team"),
    path("arrived/", arrived.arrived, name="arrived"),
    path("requests/new/", steps.new, name="new"),
    path("requests/<slug:code>/", showing.page, name="request"),
    path("requests/<slug:code>/name/", showing.name, name="name"),
    path("requests/<slug:code>/check/", steps.check, name="check"),
    path("requests/<slug:code>/take-back/", showing.take_back, name="take_back"),
    path("requests/<slug:code>/withdraw/", showing.withdraw, name="withdraw"),
    path("requests/<slug:code>/<request_step:step>/", steps.step, name="step"),
    re_path("", nothing),
]
