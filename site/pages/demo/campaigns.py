"""The pages of the demonstration's campaigns, in English and Spanish, by their codes."""

from typing import Any

from pages.demo.english import drawn, give_box, questions, steps, text

Block = tuple[str, dict[str, Any]]


def moments(heading: str, *told: tuple[str, str, str]) -> Block:
    rows = [{"when": when, "title": title, "text": words} for when, title, words in told]
    return ("timeline", {"heading": heading, "moments": rows})


def said(words: str, name: str, office: str) -> Block:
    return ("quote", {"words": words, "name": name, "who": "staff", "office": office})


def once(box: Block) -> Block:
    return (box[0], box[1] | {"frequency": "once"})


INDEX: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Campaigns",
        "slug": "campaigns",
        "show_in_menus": True,
        "lead": "A purpose, a goal and a date. Each figure here is money or people that have arrived.",
        "search_description": "What North Star is raising money for just now, and how far it is.",
    },
    "es": {
        "title": "Campañas",
        "slug": "campanas",
        "show_in_menus": True,
        "lead": "Un propósito, una meta y una fecha. Cada cifra es dinero o gente que ya llegó.",
        "search_description": "Para qué reúne fondos North Star en este momento, y cuánto lleva.",
    },
}

ENGLISH: dict[str, dict[str, Any]] = {
    "SCHOOL-YEAR": {
        "title": "A school year, paid in full",
        "slug": "school-year",
        "summary": "A course that has been paid to its end is one worry less. This fall we pay "
        "fees, books and bus passes for a whole year at once.",
        "drawing": "books",
        "body": [
            text(
                "Why a whole year",
                "<p>Fees are due in parts, and each part is a chance to stop. A year that is paid "
                "on the first day lets somebody think about the lectures instead.</p><p>We pay "
                "schools and bookshops directly, through partners who know the courses.</p>",
            ),
            moments(
                "What happens when",
                ("August", "Partners name the courses", "How many, where, and what each costs."),
                ("September", "Fees are paid", "To the schools, for two terms together."),
                ("All year", "Books and buses", "Month by month, as the courses go on."),
                ("Next June", "We report", "What was paid, and what was left over."),
            ),
            said(
                "The letter that says “paid” is the one people keep.",
                "Helen Marsh",
                "education officer at North Star",
            ),
            (
                "progress",
                {"heading": "How far it is", "text": "As the books have it, within a minute."},
            ),
            questions(
                "Questions people ask",
                (
                    "What if more comes than the goal?",
                    "<p>It stays in the education fund and pays the next courses.</p>",
                ),
                (
                    "Can I choose who it is for?",
                    "<p>No. Gifts pay for courses, never for a chosen person.</p>",
                ),
            ),
            once(give_box("Part of a year", "Any amount helps it along.")),
        ],
    },
    "MONTHS": {
        "title": "Twenty-five who stay",
        "slug": "twenty-five-who-stay",
        "summary": "Twenty-five new monthly gifts would carry one more partner through the year. "
        "The size matters less than the staying.",
        "drawing": "path",
        "body": [
            steps(
                "What a monthly gift does",
                ("It is there", "A partner can promise help in March, because it comes in March."),
                ("It bends", "Pause, change or stop it yourself, on one page."),
                ("It adds up", "$5 a month is a textbook by the end of the term."),
            ),
            drawn(
                "Counted as people",
                "<p>This campaign has no amount as its goal. We count donors whose monthly gift "
                "goes on. Whoever stops is not counted any more, and nobody will ask why.</p>",
                "sky",
            ),
            give_box(
                "From $5 a month",
                "Stop or pause whenever you like.",
                ("$5", "a bus pass for a week of classes"),
                ("$25", "a month of evening lessons"),
            ),
        ],
    },
    "FIRST-SALARY": {
        "title": "Until the first salary",
        "slug": "until-the-first-salary",
        "summary": "Between the first working day and the first salary lies a month. This campaign "
        "paid for the bus, the lunch and the work shoes.",
        "drawing": "desk",
        "thanks": "What you gave went to first steps into work: travel, tools and clothing for a "
        "first month. Thank you for having been there at the start.",
        "body": [
            text(
                "What it was for",
                "<p>A first job begins with costs: a pass for the bus, shoes that are allowed on a "
                "ward, lunch. Partners paid these in the first month, and the gifts of this "
                "campaign paid the partners.</p>",
            ),
            moments(
                "How it went",
                ("Summer", "It began", "Partners told us what a first month costs."),
                ("Fall", "The goal was reached", "Before the date, by few and by larger gifts."),
                ("Since then", "Paid out", "Month by month, as people begin."),
            ),
        ],
    },
}

SPANISH: dict[str, dict[str, Any]] = {
    "SCHOOL-YEAR": {
        "title": "Un año de estudios, pagado entero",
        "slug": "un-ano-de-estudios",
        "summary": "Un curso pagado hasta el final es una preocupación menos. Este otoño pagamos "
        "matrícula, libros y transporte de todo un año.",
        "drawing": "books",
        "body": [
            text(
                "Por qué un año entero",
                "<p>La matrícula se paga por partes, y cada parte es una ocasión de dejarlo. Un año "
                "pagado el primer día deja pensar en las clases.</p><p>Pagamos directamente a "
                "escuelas y librerías, por medio de aliados que conocen los cursos.</p>",
            ),
            moments(
                "Qué pasa y cuándo",
                ("Agosto", "Los aliados nombran los cursos", "Cuántos, dónde y cuánto cuestan."),
                ("Septiembre", "Se pagan las matrículas", "A las escuelas, por dos períodos."),
                ("Todo el año", "Libros y autobuses", "Mes a mes, según avanzan los cursos."),
                ("Junio próximo", "Rendimos cuentas", "Qué se pagó y qué sobró."),
            ),
            said(
                "La carta que dice «pagado» es la que la gente guarda.",
                "Helen Marsh",
                "encargada de educación de North Star",
            ),
            ("progress", {"heading": "Cuánto llevamos", "text": "Según los libros, al minuto."}),
            questions(
                "Preguntas frecuentes",
                (
                    "¿Y si llega más que la meta?",
                    "<p>Queda en el fondo de educación y paga los cursos siguientes.</p>",
                ),
                (
                    "¿Puedo elegir para quién es?",
                    "<p>No. Las donaciones pagan cursos, nunca a una persona elegida.</p>",
                ),
            ),
            once(give_box("Una parte del año", "Cualquier monto ayuda.")),
        ],
    },
    "MONTHS": {
        "title": "Veinticinco que se quedan",
        "slug": "veinticinco-que-se-quedan",
        "summary": "Veinticinco donaciones mensuales nuevas sostendrían a un aliado más durante el "
        "año. Importa menos el monto que quedarse.",
        "drawing": "path",
        "body": [
            steps(
                "Lo que hace una donación mensual",
                ("Está ahí", "Un aliado puede prometer ayuda en marzo, porque llega en marzo."),
                ("Se adapta", "Páusela, cámbiela o deténgala usted, en una página."),
                ("Se suma", "$5 al mes son un libro al final del período."),
            ),
            drawn(
                "Contamos personas",
                "<p>La meta de esta campaña no es un monto. Contamos a quienes mantienen su "
                "donación mensual. Quien la detiene deja de contarse, y nadie preguntará por qué.</p>",
                "sky",
            ),
            give_box(
                "Desde $5 al mes",
                "Pause o detenga cuando quiera.",
                ("$5", "el autobús de una semana de clases"),
                ("$25", "un mes de clases por la noche"),
            ),
        ],
    },
    "FIRST-SALARY": {
        "title": "Hasta el primer sueldo",
        "slug": "hasta-el-primer-sueldo",
        "summary": "Entre el primer día de trabajo y el primer sueldo hay un mes. Esta campaña pagó "
        "el autobús, el almuerzo y los zapatos de trabajo.",
        "drawing": "desk",
        "thanks": "Lo que usted dio fue para los primeros pasos en el trabajo: transporte, "
        "herramientas y ropa de un primer mes. Gracias por haber estado al comienzo.",
        "body": [
            text(
                "Para qué fue",
                "<p>Un primer empleo empieza con gastos: el abono del autobús, zapatos permitidos "
                "en una clínica, el almuerzo. Los aliados los pagaron el primer mes, y las "
                "donaciones de esta campaña pagaron a los aliados.</p>",
            ),
            moments(
                "Cómo fue",
                ("Verano", "Empezó", "Los aliados nos dijeron cuánto cuesta un primer mes."),
                ("Otoño", "Se alcanzó la meta", "Antes de la fecha, con pocas donaciones grandes."),
                ("Desde entonces", "Pagado", "Mes a mes, según empieza la gente."),
            ),
        ],
    },
}
