"""A course of the demonstration, in English and Spanish: for people who work in hotels."""

from typing import Any

from pages.demo.english import text
from pages.demo.training_parts import ask, hotline, signs, steps

ENGLISH: dict[str, Any] = {
    "title": "Signs in a hotel",
    "slug": "hotel",
    "summary": "What the front desk, housekeeping and the night shift may notice, and whom to "
    "call.",
    "drawing": "desk",
    "lessons": [
        {
            "title": "Why hotels",
            "slug": "why-hotels",
            "minutes": 3,
            "summary": "A room can be taken for one night, and nobody asks much. You see more "
            "than you think.",
            "body": [
                text(
                    "Privacy is your trade",
                    "<p>Guests may expect to be left alone, and that is right. The same quiet is "
                    "sometimes used by people who control others, for sex or for work, also among "
                    "cleaners and kitchen help who were sent by an agency.</p>",
                ),
                text(
                    "What is asked of you",
                    "<p>To know a few signs, to tell your manager, and to know the number of the "
                    "hotline. Nobody asks you to find out what is going on.</p>",
                ),
            ],
        },
        {
            "title": "Signs at the desk and in the rooms",
            "slug": "signs",
            "minutes": 5,
            "summary": "What each shift may see. It is the sum that counts.",
            "body": [
                signs(
                    "At the front desk",
                    "Each of these happens every day for good reasons.",
                    "A guest who is never allowed to speak, or whose papers somebody else keeps",
                    "Rooms paid in cash, day by day, with the wish that nobody cleans",
                    "Many visitors to one room, each for a short time",
                    "A young person with a much older companion, and answers that do not fit",
                ),
                signs(
                    "In the corridors and rooms",
                    "Look at what lies before you; do not search anybody's things.",
                    "More people than were booked, and hardly any luggage",
                    "Somebody who keeps watch in the corridor or the parking lot",
                    "Towels and sheets asked for again and again, handed over at the door",
                ),
                signs(
                    "Among people who work here",
                    "Trafficking for work is found in laundries and kitchens too.",
                    "An agency that keeps wages, papers or telephones",
                    "Colleagues who live where they work and may not go out alone",
                ),
            ],
        },
        {
            "title": "What to do on your shift",
            "slug": "on-your-shift",
            "minutes": 4,
            "summary": "Tell your manager, note what you saw, call the hotline. Do not step in.",
            "body": [
                steps(
                    "In this order",
                    ("Stay as you are", "Be as friendly as to any guest. Keep your distance."),
                    ("Note", "Room, time, what you saw. Not what you think of somebody."),
                    ("Tell", "Your manager on duty, as your house has laid down."),
                    ("Call", "The hotline; in immediate danger the emergency number."),
                ),
                text(
                    "Leave this to others",
                    "<p>Do not knock to check, do not ask guests about it, do not take pictures "
                    "and do not post anything. Whoever controls somebody may take it out on her. "
                    "You are not asked to be brave, only to tell.</p>",
                ),
                hotline(
                    "At any hour of your shift",
                    "You need not be sure, and you need not give your name.",
                ),
            ],
        },
    ],
    "questions": [
        ask(
            "Which of these may be signs when several come together?",
            "Short visits and somebody who keeps watch may be signs together. How guests look "
            "never is one.",
            "+ Many visitors to one room, each for a short time",
            "Guests from abroad",
            "+ Somebody keeps watch in the corridor",
        ),
        ask(
            "Housekeeping sees something odd in a room. What now?",
            "Note and tell. Searching or knocking can put a person in danger, and spoils what "
            "others may need later.",
            "Look through the drawers",
            "+ Note what was seen, and tell the manager on duty",
            "Knock and ask the guest",
        ),
        ask(
            "Does trafficking concern only guests?",
            "People who clean, cook or wash may be kept by debts or withheld papers as well.",
            "Yes",
            "+ No, also people sent by an agency to work here",
        ),
        ask(
            "What do you write down?",
            "Time, place and what was seen help. A guess about people helps nobody.",
            "+ Room, time and what you saw",
            "Where you think the guests come from",
            "Your theory",
        ),
        ask(
            "May you take a picture as proof?",
            "A picture can put somebody in danger, and is often against the law. Your words are "
            "enough.",
            "Yes, quickly",
            "+ No",
        ),
    ],
}

SPANISH: dict[str, Any] = {
    "title": "Señales en un hotel",
    "slug": "hotel",
    "summary": "Lo que pueden notar la recepción, la limpieza y el turno de noche, y a quién "
    "llamar.",
    "drawing": "desk",
    "lessons": [
        {
            "title": "Por qué los hoteles",
            "slug": "por-que-los-hoteles",
            "minutes": 3,
            "summary": "Una habitación se toma por una noche y nadie pregunta mucho. Usted ve más "
            "de lo que cree.",
            "body": [
                text(
                    "La discreción es su oficio",
                    "<p>Quien se hospeda puede esperar tranquilidad, y así debe ser. Esa misma "
                    "calma la usan a veces quienes controlan a otras personas, para el sexo o el "
                    "trabajo, también entre quienes limpian o cocinan por medio de una "
                    "agencia.</p>",
                ),
                text(
                    "Lo que se le pide",
                    "<p>Conocer unas pocas señales, avisar a su responsable y saber el número de "
                    "la línea de ayuda. Nadie le pide averiguar qué sucede.</p>",
                ),
            ],
        },
        {
            "title": "Señales en la recepción y las habitaciones",
            "slug": "senales",
            "minutes": 5,
            "summary": "Lo que puede ver cada turno. Lo que cuenta es la suma.",
            "body": [
                signs(
                    "En la recepción",
                    "Cada una ocurre a diario por buenas razones.",
                    "Alguien a quien nunca dejan hablar, o cuyos papeles guarda otra persona",
                    "Habitaciones pagadas en efectivo, día a día, con el ruego de no limpiar",
                    "Muchas visitas a una habitación, cada una por poco tiempo",
                    "Una persona joven con alguien mucho mayor, y respuestas que no encajan",
                ),
                signs(
                    "En los pasillos y las habitaciones",
                    "Mire lo que tiene delante; no registre las cosas de nadie.",
                    "Más personas de las reservadas, y casi sin equipaje",
                    "Alguien que vigila en el pasillo o en el estacionamiento",
                    "Toallas y sábanas pedidas una y otra vez, recogidas en la puerta",
                ),
                signs(
                    "Entre quienes trabajan aquí",
                    "La trata para el trabajo existe también en lavanderías y cocinas.",
                    "Una agencia que se queda con sueldos, papeles o teléfonos",
                    "Colegas que viven donde trabajan y no pueden salir a solas",
                ),
            ],
        },
        {
            "title": "Qué hacer en su turno",
            "slug": "en-su-turno",
            "minutes": 4,
            "summary": "Avise a su responsable, anote lo que vio, llame a la línea. No intervenga.",
            "body": [
                steps(
                    "En este orden",
                    ("Siga igual", "Con la amabilidad de siempre. Guarde la distancia."),
                    ("Anote", "Habitación, hora, lo que vio. No lo que piensa de alguien."),
                    ("Avise", "A la persona responsable del turno, como indica su casa."),
                    ("Llame", "A la línea de ayuda; en peligro inmediato, a emergencias."),
                ),
                text(
                    "Deje esto a otras personas",
                    "<p>No llame a la puerta para comprobar, no pregunte a quienes se hospedan, no "
                    "tome fotos ni publique nada. Quien controla a alguien puede desquitarse con "
                    "esa persona. No se le pide valentía, solo avisar.</p>",
                ),
                hotline(
                    "A cualquier hora de su turno",
                    "No hace falta tener certeza, ni decir su nombre.",
                ),
            ],
        },
    ],
    "questions": [
        ask(
            "¿Cuáles pueden ser señales cuando se juntan varias?",
            "Las visitas cortas y alguien que vigila pueden ser señales juntas. El aspecto de las "
            "personas nunca lo es.",
            "+ Muchas visitas a una habitación, cada una por poco tiempo",
            "Huéspedes del extranjero",
            "+ Alguien vigila en el pasillo",
        ),
        ask(
            "La limpieza ve algo raro en una habitación. ¿Y ahora?",
            "Anotar y avisar. Registrar o llamar a la puerta puede poner a alguien en peligro, y "
            "estropea lo que otras personas necesiten después.",
            "Mirar en los cajones",
            "+ Anotar lo visto y avisar a la persona responsable del turno",
            "Llamar a la puerta y preguntar",
        ),
        ask(
            "¿La trata solo tiene que ver con huéspedes?",
            "A quien limpia, cocina o lava también se le puede retener con deudas o papeles.",
            "Sí",
            "+ No, también con quienes una agencia manda a trabajar aquí",
        ),
        ask(
            "¿Qué anota?",
            "La hora, el lugar y lo que se vio ayudan. Una suposición sobre las personas no ayuda "
            "a nadie.",
            "+ Habitación, hora y lo que vio",
            "De dónde cree que vienen",
            "Su teoría",
        ),
        ask(
            "¿Puede tomar una foto como prueba?",
            "Una foto puede poner a alguien en peligro y a menudo va contra la ley. Bastan sus "
            "palabras.",
            "Sí, rápido",
            "+ No",
        ),
    ],
}
