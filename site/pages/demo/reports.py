"""The impact report of the demonstration, in English and Spanish."""

from typing import Any

from pages.demo.campaigns import said
from pages.demo.english import text

Block = tuple[str, dict[str, Any]]


def chart(which: str, words: str) -> Block:
    return ("chart", {"chart": which, "text": words})


INDEX: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Impact reports",
        "slug": "impact",
        "lead": "What giving did, quarter by quarter, counted from our books and from deliveries.",
        "search_description": "What was given to North Star and what became of it, by quarter.",
    },
    "es": {
        "title": "Informes de impacto",
        "slug": "impacto",
        "lead": "Lo que lograron los donativos, por trimestre, según los libros y las entregas.",
        "search_description": "Lo que recibió North Star y lo que se hizo con ello, por trimestre.",
    },
}
REPORT: dict[str, dict[str, Any]] = {
    "en": {
        "title": "What the last quarter's gifts did",
        "slug": "last-quarter",
        "summary": "What was given, what it was for and what has reached people so far, in figures "
        "that anybody may check and from which nobody can be found.",
        "body": [
            text(
                "In short",
                "<p>A quarter is a long time for somebody who waits for a laptop, and a short one "
                "for customs. Most of what was given this quarter is ordered or being checked; it "
                "is told of here once it has arrived and enough others have, too.</p>",
            ),
            chart("purposes", "Most donors let us decide where help is needed first."),
            said(
                "We would rather print a number that is too small than one that leads to a person.",
                "Ana",
                "who looks after deliveries",
            ),
        ],
    },
    "es": {
        "title": "Lo que lograron los donativos del último trimestre",
        "slug": "ultimo-trimestre",
        "summary": "Lo que se donó, para qué fue y qué ha llegado a las personas, en cifras que "
        "cualquiera puede comprobar y que no llevan a nadie.",
        "body": [
            text(
                "En breve",
                "<p>Un trimestre es mucho tiempo para quien espera una computadora, y poco para la "
                "aduana. Casi todo lo donado este trimestre está pedido o en revisión; aquí se "
                "cuenta cuando llega y han llegado también otras cosas.</p>",
            ),
            chart("purposes", "La mayoría nos deja decidir dónde hace falta primero."),
            said(
                "Preferimos dar una cifra demasiado pequeña a una que lleve hasta una persona.",
                "Ana",
                "encargada de las entregas",
            ),
        ],
    },
}
