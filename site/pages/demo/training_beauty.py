"""A course of the demonstration, in English and Spanish: for beauty schools and salons."""

from typing import Any

from pages.demo.english import text
from pages.demo.training_parts import ask, hotline, signs, steps

ENGLISH: dict[str, Any] = {
    "title": "Signs in a salon",
    "slug": "beauty-school",
    "summary": "What people who learn and work in hair, nails and make-up may notice, and whom to "
    "call.",
    "drawing": "books",
    "lessons": [
        {
            "title": "A chair where people talk",
            "slug": "a-chair",
            "minutes": 3,
            "summary": "You see people close, and again and again. That is why you learn this.",
            "body": [
                text(
                    "Two sides of the mirror",
                    "<p>A client may be controlled by whoever brought her. A colleague may be, "
                    "too: some nail bars keep people by debts, by threats or by holding their "
                    "papers.</p>",
                ),
                text(
                    "What you are to others",
                    "<p>Somebody who is kind for an hour. You need not know more than that to be "
                    "of help, and you need not find out more.</p>",
                ),
            ],
        },
        {
            "title": "Signs in clients and colleagues",
            "slug": "signs",
            "minutes": 5,
            "summary": "Small things that are odd together. None of them proves anything.",
            "body": [
                signs(
                    "In a client",
                    "One sign alone proves nothing.",
                    "Somebody waits beside the chair, answers for her and pays",
                    "She does not know her own address, or whether she may come again",
                    "Bruises or burns that she hides or explains differently each time",
                    "She is afraid of the telephone that rings",
                ),
                signs(
                    "In a colleague",
                    "Bad work is not yet trafficking; being unable to leave it may be.",
                    "Never has wages in hand, or works off a debt that grows",
                    "Is driven to work and back, and lives where others say",
                    "Her papers or her license are kept by somebody else",
                ),
                text(
                    "What is no sign",
                    "<p>A language, a style or a tattoo by itself is no sign. Kindness to everybody "
                    "finds more than suspicion of some.</p>",
                ),
            ],
        },
        {
            "title": "What to do between two appointments",
            "slug": "what-to-do",
            "minutes": 4,
            "summary": "Stay kind, keep her secret, call the hotline. Do not question or follow.",
            "body": [
                steps(
                    "In this order",
                    ("Stay kind", "Talk as with anybody. Do not ask what she does not tell."),
                    ("Keep it", "Not a word to the companion, to other clients or online."),
                    ("Call", "The hotline, from where nobody listens. They advise you too."),
                    ("In danger", "Where somebody is about to be hurt: the emergency number."),
                ),
                text(
                    "Leave this to others",
                    "<p>Do not slip her a note that somebody may find, do not offer a place to "
                    "stay, do not follow a car. The people at the hotline know how help comes "
                    "without harm.</p>",
                ),
                hotline("A number to know by heart", "You need not be sure before you call."),
            ],
        },
    ],
    "questions": [
        ask(
            "A companion answers each question you ask a client. What do you do?",
            "Stay kind and call the hotline later. A confrontation is paid for by her, not by you.",
            "Send the companion out and question her",
            "+ Stay kind, and call the hotline when nobody listens",
            "Tell the other clients",
        ),
        ask(
            "Which of these may be signs in a colleague?",
            "Papers in other hands and a debt that grows are ways to keep somebody. A language is "
            "none.",
            "+ Somebody else keeps her papers",
            "She speaks another language",
            "+ She works off a debt that grows",
        ),
        ask(
            "May you slip a client a note with a number?",
            "It may be found by whoever controls her. Ask the hotline what is safe.",
            "Yes, in her coat",
            "+ No, ask the hotline first",
        ),
        ask(
            "Somebody is about to be hurt before your eyes. Whom do you call?",
            "In immediate danger the emergency number comes first, the hotline after it.",
            "+ The emergency number",
            "The hotline",
            "The salon's owner",
        ),
    ],
}

SPANISH: dict[str, Any] = {
    "title": "Señales en un salón",
    "slug": "escuela-de-belleza",
    "summary": "Lo que pueden notar quienes aprenden y trabajan con cabello, uñas y maquillaje, y "
    "a quién llamar.",
    "drawing": "books",
    "lessons": [
        {
            "title": "Una silla donde se habla",
            "slug": "una-silla",
            "minutes": 3,
            "summary": "Ve a las personas de cerca, y más de una vez. Por eso aprende esto.",
            "body": [
                text(
                    "Los dos lados del espejo",
                    "<p>A una clienta la puede controlar quien la trajo. A una colega también: en "
                    "algunos salones se retiene a personas con deudas, con amenazas o guardando "
                    "sus papeles.</p>",
                ),
                text(
                    "Lo que usted es para otras personas",
                    "<p>Alguien amable durante una hora. No hace falta saber más para ayudar, ni "
                    "averiguar más.</p>",
                ),
            ],
        },
        {
            "title": "Señales en clientas y colegas",
            "slug": "senales",
            "minutes": 5,
            "summary": "Cosas pequeñas que juntas extrañan. Ninguna prueba nada.",
            "body": [
                signs(
                    "En una clienta",
                    "Una señal sola no prueba nada.",
                    "Alguien espera junto a la silla, responde por ella y paga",
                    "No sabe su propia dirección, ni si podrá volver",
                    "Moretones o quemaduras que esconde o explica cada vez de otro modo",
                    "Teme el teléfono que suena",
                ),
                signs(
                    "En una colega",
                    "Un mal trabajo aún no es trata; no poder dejarlo puede serlo.",
                    "Nunca recibe el sueldo en mano, o paga una deuda que crece",
                    "La llevan al trabajo y de vuelta, y vive donde otras personas dicen",
                    "Otra persona guarda sus papeles o su licencia",
                ),
                text(
                    "Lo que no es una señal",
                    "<p>Un idioma, un estilo o un tatuaje por sí solos no son señales. La "
                    "amabilidad con cualquiera encuentra más que la sospecha hacia algunas "
                    "personas.</p>",
                ),
            ],
        },
        {
            "title": "Qué hacer entre dos citas",
            "slug": "que-hacer",
            "minutes": 4,
            "summary": "Trate con amabilidad, guarde el secreto, llame a la línea. No interrogue "
            "ni siga a nadie.",
            "body": [
                steps(
                    "En este orden",
                    ("Amabilidad", "Hable como con cualquiera. No pregunte lo que no le cuentan."),
                    ("Silencio", "Ni una palabra a quien la acompaña, a otras clientas ni en red."),
                    ("Llame", "A la línea de ayuda, donde nadie escuche. También le aconseja."),
                    ("En peligro", "Si están por hacerle daño a alguien: el número de emergencia."),
                ),
                text(
                    "Deje esto a otras personas",
                    "<p>No le pase una nota que alguien pueda encontrar, no ofrezca dónde dormir, "
                    "no siga un auto. En la línea saben cómo llega la ayuda sin daño.</p>",
                ),
                hotline("Un número para saber de memoria", "No hace falta certeza para llamar."),
            ],
        },
    ],
    "questions": [
        ask(
            "Alguien responde a todo lo que usted pregunta a una clienta. ¿Qué hace?",
            "Siga con amabilidad y llame después a la línea. Un enfrentamiento lo paga ella, no "
            "usted.",
            "Hacer salir a quien la acompaña e interrogarla",
            "+ Seguir con amabilidad y llamar a la línea cuando nadie escuche",
            "Contarlo a las otras clientas",
        ),
        ask(
            "¿Cuáles pueden ser señales en una colega?",
            "Unos papeles en otras manos y una deuda que crece sirven para retener a alguien. Un "
            "idioma, no.",
            "+ Otra persona guarda sus papeles",
            "Habla otro idioma",
            "+ Paga una deuda que crece",
        ),
        ask(
            "¿Puede pasarle a una clienta una nota con un número?",
            "La puede encontrar quien la controla. Pregunte a la línea qué es seguro.",
            "Sí, en el abrigo",
            "+ No, primero pregunto a la línea",
        ),
        ask(
            "Están por hacerle daño a alguien ante sus ojos. ¿A quién llama?",
            "En peligro inmediato va primero el número de emergencia, después la línea de ayuda.",
            "+ Al número de emergencia",
            "A la línea de ayuda",
            "A quien dirige el salón",
        ),
    ],
}
