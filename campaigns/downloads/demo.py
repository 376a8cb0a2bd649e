"""Sample files: a campaign on one sheet, drawn by us, to take along in each language."""

from django.core.files.base import ContentFile

from campaigns import flyer
from campaigns.models import CampaignPage, Download

TITLES = {"en": "The campaign on one sheet", "es": "La campaña en una hoja"}
# Heading and text of the block, by the page's language.
WORDS = {
    "en": ("To print and hang up", "For a notice board, a counter or a window."),
    "es": ("Para imprimir y colgar", "Para un tablero, un mostrador o una ventana."),
}


def seed(code: str = "SCHOOL-YEAR") -> None:
    """Draw and show what is not there yet; what someone has edited stays."""
    if Download.objects.exists():
        return
    pages = list(CampaignPage.objects.filter(campaign__code=code).select_related("locale"))
    files = {page.locale.language_code: _sheet(page) for page in pages}
    for page in pages:
        language = page.locale.language_code
        heading, text = WORDS[language]
        mine = sorted(files.values(), key=lambda file: file.language != language)
        page.body.append(("downloads", {"heading": heading, "text": text, "files": mine}))
        page.save()


def _sheet(page: CampaignPage) -> Download:
    language = page.locale.language_code
    file = Download(title=TITLES[language], language=language, shows="nobody")
    file.file.save("sheet.pdf", ContentFile(flyer.sheet(page, size="letter")), save=False)
    file.save()
    return file
