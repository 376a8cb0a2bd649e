"""A campaign's short address, for paper and for saying aloud. Nobody counts who uses it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from wagtail.models import Page

from pages import findable


@require_safe
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """On to the campaign's page in the language of whoever comes, or in one that it has.

    A code that leads nowhere is answered alike, whether its page is not public yet, not any more,
    or never was: nobody learns of a campaign before its time.
    """
    wanted = translation.get_language_from_request(request)
    languages = [wanted, *(one for one, _name in settings.LANGUAGES if one != wanted)]
    open_pages = findable.open_pages().filter(campaignpage__campaign__code=code.upper())
    found: dict[str, Page] = {
        page.locale.language_code: page for page in open_pages.select_related("locale")
    }
    language = next((one for one in languages if one in found), "")
    if language:
        # Where it leads may change with the next press of "publish".
        address = findable.address_of(language, found[language].url_path)
        response: HttpResponse = redirect(address)
    else:
        with translation.override(wanted):
            request.LANGUAGE_CODE = wanted
            # A page at no address: its other languages are the front pages.
            request.resolver_match = None
            index = findable.open_pages(wanted).filter(campaignindexpage__isnull=False).first()
            response = render(request, "pages/short.html", {"index": index}, status=404)
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response
