"""The training of the demonstration: its list, and three courses below it."""

from typing import Any

from wagtail.models import Page

from campaigns.models import CoursePage, LessonPage, Sector, TrainingIndexPage
from pages.demo import training_beauty, training_hospital, training_hotel

INDEX: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Training",
        "slug": "training",
        "lead": "Short courses for people who may notice something at work: the signs, and whom to "
        "call. Free, without an account.",
        "search_description": "Free courses for hospitals, hotels and beauty schools: signs of "
        "trafficking, and whom to call.",
        "show_in_menus": False,
    },
    "es": {
        "title": "Formación",
        "slug": "formacion",
        "lead": "Cursos cortos para quienes pueden notar algo en su trabajo: las señales, y a "
        "quién llamar. Gratis y sin cuenta.",
        "search_description": "Cursos gratuitos para hospitales, hoteles y escuelas de belleza: "
        "señales de trata, y a quién llamar.",
        "show_in_menus": False,
    },
}
# Code, name in both languages, and the words of its course.
SECTORS = (
    ("hospital", "Hospitals", "Hospitales", training_hospital),
    ("hotel", "Hotels", "Hoteles", training_hotel),
    ("beauty-school", "Beauty schools", "Escuelas de belleza", training_beauty),
)


def seed(make: Any, home: Page, other: Page) -> int:
    """The list in both languages and below it the courses with their lessons.

    Args:
        make: makes a page that is missing, as `pages.demo` does.

    Returns:
        How many pages were created.
    """
    index, is_new = make(home, None, INDEX["en"], TrainingIndexPage)
    twin, twin_is_new = make(other, index, INDEX["es"], TrainingIndexPage)
    created = int(is_new) + int(twin_is_new)
    for position, (code, name, name_es, words) in enumerate(SECTORS, 1):
        sector, _made = Sector.objects.get_or_create(
            code=code, defaults={"name": name, "name_es": name_es, "position": position}
        )
        first: list[Page] = []
        for parent, told in ((index, words.ENGLISH), (twin, words.SPANISH)):
            facts = {key: value for key, value in told.items() if key != "lessons"}
            original = first[0] if first else None
            course, is_new = make(parent, original, facts | {"sector": sector}, CoursePage)
            created += is_new
            pages = [course]
            for place, lesson in enumerate(told["lessons"], 1):
                original = first[place] if first else None
                page, is_new = make(course, original, lesson, LessonPage)
                created += is_new
                pages.append(page)
            first = first or pages
    return created
