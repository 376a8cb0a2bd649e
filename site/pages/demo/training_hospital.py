"""A course of the demonstration, in English and Spanish: for people who work in hospitals."""

from typing import Any

from pages.demo.english import text
from pages.demo.training_parts import ask, hotline, signs, steps

ENGLISH: dict[str, Any] = {
    "title": "Signs in a hospital",
    "slug": "hospital",
    "summary": "What reception, nurses and doctors may notice, and whom to call. Three short "
    "lessons and a check.",
    "drawing": "door",
    "lessons": [
        {
            "title": "What trafficking is, and is not",
            "slug": "what-it-is",
            "minutes": 4,
            "summary": "Somebody profits from another person's work or body, by force, fraud or "
            "pressure.",
            "body": [
                text(
                    "In one sentence",
                    "<p>Trafficking means that somebody gets and keeps another person for work or "
                    "for sex by force, fraud or pressure, and profits from it. Of a child in the "
                    "sex trade no force needs to be shown.</p>",
                ),
                text(
                    "What it is not",
                    "<p>It need not cross a border. It need not involve a locked door: debts, "
                    "threats to a family or withheld papers hold just as well. Men, women and "
                    "children are concerned, of every nationality, and also people who have a "
                    "job, a telephone and a room of their own.</p>",
                ),
                text(
                    "Why a hospital",
                    "<p>People who are kept away from everybody else may still be brought to an "
                    "emergency room. A few minutes with somebody who listens can be the first "
                    "ones in months.</p>",
                ),
            ],
        },
        {
            "title": "What you may notice",
            "slug": "what-you-may-notice",
            "minutes": 5,
            "summary": "Several small things together, none of which proves anything by itself.",
            "body": [
                signs(
                    "At reception and in the room",
                    "One sign alone proves nothing. Several together are a reason to ask for "
                    "advice.",
                    "Somebody else speaks for the patient, and will not leave her alone",
                    "The patient does not know which town she is in, or has no papers of her own",
                    "The story changes, or sounds as if it was learned by heart",
                    "Somebody else pays, in cash, and is in a hurry to leave",
                    "The patient is afraid of the companion, or looks to him before each answer",
                ),
                signs(
                    "In what the examination shows",
                    "Each of these has many causes. Note what you see, not what you suspect.",
                    "Injuries of different ages that the story does not explain",
                    "Illness that was left untreated for very long",
                    "Signs of too little food or sleep, or of work without protection",
                    "The same complaint again and again, without a follow-up visit",
                ),
                text(
                    "What is no sign",
                    "<p>An accent, a color of skin, a kind of clothes or a job is no sign. Whoever "
                    "looks for those finds the wrong people and misses the others.</p>",
                ),
            ],
        },
        {
            "title": "What to do, and what not to do",
            "slug": "what-to-do",
            "minutes": 4,
            "summary": "Care comes first. Call the hotline; do not question, accuse or rescue.",
            "body": [
                steps(
                    "In this order",
                    ("Give care", "Treat what she came for. Safety comes with being looked after."),
                    (
                        "See her alone",
                        "As your rules of privacy ask for anybody. Use a professional interpreter, "
                        "never the companion.",
                    ),
                    (
                        "Follow your protocol",
                        "Tell the person your hospital has named, and write down only what you saw "
                        "and heard.",
                    ),
                    (
                        "Call the hotline",
                        "It advises staff too. In immediate danger call the emergency number.",
                    ),
                ),
                text(
                    "Leave this to others",
                    "<p>Do not question her about what happened, do not confront a companion, do "
                    "not follow anybody and do not promise anything. It can put her, and you, in "
                    "danger. An adult decides herself whether she wants help; the law where you "
                    "work says what must be reported, above all about children.</p>",
                ),
                hotline(
                    "Ask those who know", "You need not be sure. Say what you saw, and be advised."
                ),
            ],
        },
    ],
    "questions": [
        ask(
            "A companion answers every question for an adult patient. What comes first?",
            "Care and privacy come first, as for every patient. Confronting the companion can put "
            "the patient in danger.",
            "Tell the companion what you suspect",
            "+ See the patient alone, as the rules of privacy ask for anybody",
            "Refuse to treat until papers are shown",
        ),
        ask(
            "Which of these may be signs when several come together?",
            "Control by somebody else and a learned story may be signs. Where somebody comes from "
            "never is one.",
            "+ The patient does not know where she is",
            "An accent",
            "+ The story sounds as if it was learned by heart",
            "+ Somebody else keeps her papers",
        ),
        ask(
            "The patient speaks another language. Who interprets?",
            "A companion may be the one who controls her. A professional interpreter is bound to "
            "say what is said, and to keep it to himself.",
            "The companion, who knows her",
            "Another patient",
            "+ A professional interpreter, also by telephone",
        ),
        ask(
            "You are not sure at all. May you call the hotline?",
            "You need not be sure. The hotline listens to what you saw and advises you.",
            "Only with proof",
            "+ Yes, it advises staff who are not sure",
            "Only a doctor may call",
        ),
        ask(
            "What do you write down?",
            "What you saw and what was said helps later. A suspicion in the file can be read by "
            "whoever has the file.",
            "+ What you saw and heard, in plain words",
            "Who you think did it",
            "Nothing at all",
        ),
    ],
}

SPANISH: dict[str, Any] = {
    "title": "Señales en un hospital",
    "slug": "hospital",
    "summary": "Lo que pueden notar la recepción, la enfermería y la medicina, y a quién llamar. "
    "Tres lecciones cortas y una prueba.",
    "drawing": "door",
    "lessons": [
        {
            "title": "Qué es la trata, y qué no es",
            "slug": "que-es",
            "minutes": 4,
            "summary": "Alguien se aprovecha del trabajo o del cuerpo de otra persona por la "
            "fuerza, el engaño o la presión.",
            "body": [
                text(
                    "En una frase",
                    "<p>Hay trata cuando alguien consigue y retiene a otra persona para el trabajo "
                    "o el sexo por la fuerza, el engaño o la presión, y gana con ello. Si se trata "
                    "de menores en el comercio sexual, no hace falta probar fuerza alguna.</p>",
                ),
                text(
                    "Lo que no es",
                    "<p>No hace falta cruzar una frontera. Tampoco una puerta cerrada: las deudas, "
                    "las amenazas a la familia o unos papeles retenidos sujetan igual. Afecta a "
                    "hombres, mujeres y menores de todas las nacionalidades, también a personas "
                    "con empleo, teléfono y habitación propia.</p>",
                ),
                text(
                    "Por qué un hospital",
                    "<p>A quien se mantiene lejos de todo el mundo a veces se le lleva a "
                    "urgencias. Unos minutos con alguien que escucha pueden ser los primeros en "
                    "meses.</p>",
                ),
            ],
        },
        {
            "title": "Lo que puede notar",
            "slug": "lo-que-puede-notar",
            "minutes": 5,
            "summary": "Varias cosas pequeñas a la vez; ninguna prueba nada por sí sola.",
            "body": [
                signs(
                    "En la recepción y en la sala",
                    "Una señal sola no prueba nada. Varias juntas son motivo para pedir consejo.",
                    "Otra persona habla por la paciente y no la deja a solas",
                    "La paciente no sabe en qué ciudad está, o no tiene consigo sus papeles",
                    "El relato cambia, o suena aprendido de memoria",
                    "Otra persona paga en efectivo y tiene prisa por irse",
                    "La paciente teme a quien la acompaña, o le mira antes de cada respuesta",
                ),
                signs(
                    "En lo que muestra el examen",
                    "Cada una tiene muchas causas. Anote lo que ve, no lo que sospecha.",
                    "Lesiones de distintas fechas que el relato no explica",
                    "Una enfermedad sin tratar durante mucho tiempo",
                    "Señales de falta de comida o de sueño, o de trabajo sin protección",
                    "La misma dolencia una y otra vez, sin visita de seguimiento",
                ),
                text(
                    "Lo que no es una señal",
                    "<p>Un acento, un color de piel, una ropa o un oficio no son señales. Quien "
                    "busca eso encuentra a las personas equivocadas y no ve a las demás.</p>",
                ),
            ],
        },
        {
            "title": "Qué hacer, y qué no",
            "slug": "que-hacer",
            "minutes": 4,
            "summary": "Primero, cuidar. Llame a la línea de ayuda; no interrogue, acuse ni "
            "rescate.",
            "body": [
                steps(
                    "En este orden",
                    ("Atienda", "Trate aquello por lo que vino. El cuidado da seguridad."),
                    (
                        "Véala a solas",
                        "Como piden sus normas de privacidad para cualquiera. Con intérprete "
                        "profesional, nunca con quien la acompaña.",
                    ),
                    (
                        "Siga su protocolo",
                        "Avise a la persona que su hospital haya designado, y anote solo lo que "
                        "vio y oyó.",
                    ),
                    (
                        "Llame a la línea de ayuda",
                        "También aconseja al personal. En peligro inmediato, llame a emergencias.",
                    ),
                ),
                text(
                    "Deje esto a otras personas",
                    "<p>No le pregunte por lo que pasó, no se enfrente a quien la acompaña, no "
                    "siga a nadie y no prometa nada. Puede ponerla en peligro, y a usted también. "
                    "Una persona adulta decide si quiere ayuda; la ley del lugar dice qué hay que "
                    "denunciar, sobre todo si hay menores.</p>",
                ),
                hotline(
                    "Pregunte a quien sabe",
                    "No hace falta tener certeza. Cuente lo que vio y recibirá consejo.",
                ),
            ],
        },
    ],
    "questions": [
        ask(
            "Quien acompaña responde a todo por una paciente adulta. ¿Qué va primero?",
            "Primero el cuidado y la privacidad, como con cualquiera. Enfrentarse a quien la "
            "acompaña puede ponerla en peligro.",
            "Decirle a quien la acompaña lo que sospecha",
            "+ Ver a la paciente a solas, como piden las normas para cualquiera",
            "No atenderla hasta que muestre sus papeles",
        ),
        ask(
            "¿Cuáles pueden ser señales cuando se juntan varias?",
            "El control de otra persona y un relato aprendido pueden ser señales. El origen de "
            "alguien nunca lo es.",
            "+ La paciente no sabe dónde está",
            "Un acento",
            "+ El relato suena aprendido de memoria",
            "+ Otra persona guarda sus papeles",
        ),
        ask(
            "La paciente habla otro idioma. ¿Quién interpreta?",
            "Quien la acompaña puede ser quien la controla. Una persona intérprete profesional "
            "debe decir lo que se dice, y guardar el secreto.",
            "Quien la acompaña, que la conoce",
            "Otra paciente",
            "+ Una persona intérprete profesional, también por teléfono",
        ),
        ask(
            "No tiene ninguna certeza. ¿Puede llamar a la línea de ayuda?",
            "No hace falta certeza. La línea escucha lo que vio y aconseja.",
            "Solo con pruebas",
            "+ Sí, aconseja al personal que duda",
            "Solo puede llamar la medicina",
        ),
        ask(
            "¿Qué anota?",
            "Lo que vio y lo que se dijo ayuda después. Una sospecha en el expediente la lee quien "
            "tenga el expediente.",
            "+ Lo que vio y oyó, con palabras sencillas",
            "Quién cree que lo hizo",
            "Nada en absoluto",
        ),
    ],
}
