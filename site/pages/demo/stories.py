"""The stories of the demonstration, in English and Spanish: made up, like everybody in them."""

from typing import Any

from pages.demo.english import drawn, text

Block = tuple[str, dict[str, Any]]


def hers(words: str) -> Block:
    return ("survivor", {"words": words})


INDEX: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Stories",
        "slug": "stories",
        "lead": "Told by those who were there, in words they agreed to. They may take them back.",
        "search_description": "Stories of school and work, told only with a yes to every word.",
    },
    "es": {
        "title": "Historias",
        "slug": "historias",
        "lead": "Contadas por quienes estuvieron ahí, con palabras que aceptaron y pueden retirar.",
        "search_description": "Historias de estudio y trabajo, contadas solo con permiso.",
    },
}

# Pairs of the same story; each text of a survivor's has a consent of its own.
STORIES: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (
        {
            "title": "The form that was due on Friday",
            "slug": "the-form-that-was-due-on-friday",
            "told_by": "staff",
            "teller": "Ana, who looks after courses",
            "summary": "A university asks for nine papers. This is what a week with such a list "
            "looks like from our side of the desk.",
            "drawing": "desk",
            "body": [
                text(
                    "Nine papers",
                    "<p>The list came on a Monday: a certificate, two photographs, a letter. None "
                    "of it is hard to get, if you have never had to leave in a hurry.</p>"
                    "<p>We do what anybody's aunt would do. We sort, we call, we wait in line, and "
                    "somebody brings coffee.</p>",
                ),
                hers("I did not want help with the exam. I wanted help with the line."),
                drawn(
                    "Friday",
                    "<p>At ten past four the ninth paper was stamped. The office closed at "
                    "five.</p>",
                    "path",
                ),
            ],
        },
        {
            "title": "El formulario que vencía el viernes",
            "slug": "el-formulario-que-vencia-el-viernes",
            "told_by": "staff",
            "teller": "Ana, encargada de los cursos",
            "summary": "Una universidad pide nueve papeles. Así se ve una semana con esa lista "
            "desde nuestro lado del escritorio.",
            "drawing": "desk",
            "body": [
                text(
                    "Nueve papeles",
                    "<p>La lista llegó un lunes: un certificado, dos fotografías, una carta. Nada "
                    "es difícil de conseguir, si nunca hubo que irse de prisa.</p>"
                    "<p>Hacemos lo que haría cualquier tía. Ordenamos, llamamos, hacemos fila, y "
                    "alguien trae café.</p>",
                ),
                hers("No quería ayuda con el examen. Quería ayuda con la fila."),
                drawn(
                    "Viernes",
                    "<p>A las cuatro y diez sellaron el noveno papel. La oficina cerraba a las "
                    "cinco.</p>",
                    "path",
                ),
            ],
        },
    ),
    (
        {
            "title": "A desk by the window",
            "slug": "a-desk-by-the-window",
            "told_by": "survivor",
            "summary": "I was asked what I needed. I said: a desk. They asked where it should stand.",
            "drawing": "books",
            "body": [
                text(
                    "What I see from it",
                    "<p>In the morning there is light on the page. In the evening I see myself in "
                    "the glass, reading.</p><p>I learn how to keep the books of a small shop. I am "
                    "good at it. I like it when both sides come out the same.</p>",
                ),
                text(
                    "What I would say",
                    "<p>Do not ask me what happened. Ask me what comes next.</p>",
                ),
            ],
        },
        {
            "title": "Un escritorio junto a la ventana",
            "slug": "un-escritorio-junto-a-la-ventana",
            "told_by": "survivor",
            "summary": "Me preguntaron qué necesitaba. Dije: un escritorio. Preguntaron dónde.",
            "drawing": "books",
            "body": [
                text(
                    "Lo que veo desde ahí",
                    "<p>Por la mañana hay luz sobre la página. Por la noche me veo en el vidrio, "
                    "leyendo.</p><p>Aprendo a llevar las cuentas de una tienda pequeña. Lo hago "
                    "bien. Me gusta cuando los dos lados dan igual.</p>",
                ),
                text(
                    "Lo que diría",
                    "<p>No me pregunten qué pasó. Pregúntenme qué viene.</p>",
                ),
            ],
        },
    ),
)
