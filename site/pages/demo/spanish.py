"""Lo que dice la demostración en español; una página por cada página de english.py."""

from typing import Any

from pages.demo.comments import PRIVACY
from pages.demo.english import (
    drawn,
    figures,
    give,
    give_box,
    partner,
    programmes,
    questions,
    steps,
    text,
)

HOTLINE_TEXT = (
    "En Estados Unidos, la Línea Nacional contra la Trata de Personas atiende día y noche:"
)
FOOTER_TEXT = "Estudio y trabajo para sobrevivientes de la trata de personas, en su propio país."

HOME = {
    "title": "North Star",
    "slug": "inicio",
    "seo_title": "North Star: de vuelta al estudio y al trabajo",
    "search_description": "North Star acompaña a sobrevivientes de la trata de personas de vuelta "
    "al estudio y al trabajo: computadoras, matrículas y gente que se queda.",
    "hero_title": "El camino se traza con lo que viene después.",
    "hero_lead": "Quienes sobrevivieron a la trata tienen planes: estudiar enfermería, abrir un "
    "salón propio, cobrar un primer sueldo. Nos ocupamos de la computadora, la matrícula y la gente "
    "que se queda.",
    "hero_action": "Done para un próximo paso",
    "body": [
        drawn(
            "Después de la seguridad viene el martes",
            "<p>La ayuda empieza el primer día: ropa, atención médica, alguien con quien hablar. "
            "Luego la vida pide cosas comunes. Un escritorio. Un pastel de cumpleaños. Un formulario "
            "de la universidad que vence el viernes.</p><p>Nuestros aliados son profesionales del "
            "trabajo social, centros de atención y casas seguras en el propio país de cada "
            "sobreviviente. Saben qué hace falta. Procuramos que esté allí.</p>",
            "desk",
        ),
        steps(
            "Cómo viaja una donación",
            ("Usted dona", "Una vez o cada mes, lo que desee. Ve cada línea antes de pagar."),
            (
                "Se cubre una necesidad",
                "Un aliado dice qué pide un curso o un empleo; lo compramos.",
            ),
            ("Se entrega", "Una persona conocida lo pone en las manos correctas, sin ruido."),
            ("Usted recibe su recibo", "Numerado y válido para sus impuestos, en su correo."),
        ),
        figures(
            "En pocas palabras",
            "North Star es una organización inventada para esta demostración; el número de países también.",
            ("14", "países donde hay aliados junto a sobrevivientes"),
            ("$5", "es la donación más pequeña, y cuenta"),
            ("0", "rastreadores en este sitio"),
        ),
        give_box(
            "Un poco, cada mes",
            "Un curso dura más que una donación. Quienes son abolicionistas donan desde $5 al mes, y "
            "pausan o detienen cuando quieren.",
        ),
        drawn(
            "Su historia le pertenece",
            "<p>Aquí no encontrará rostros ni relatos de dolor. Lo que alguien vivió no es el precio "
            "de una computadora. Mostramos lugares, objetos y luz, y contamos en grupos tan grandes "
            "que nadie pueda ser reconocido en ellos.</p><p>Algunas lo cuentan ellas mismas: "
            '<a href="/es/historias/">historias</a>, con palabras que aceptaron.</p>',
            "door",
        ),
        give(
            "Alguien empieza un curso este otoño.",
            "Matrícula, una computadora, un abono de autobús: cosas pequeñas, sencillas, justo las que faltan.",
        ),
    ],
}

PAGES: list[dict[str, Any]] = [
    {
        "title": "Cómo funciona",
        "slug": "como-funciona",
        "show_in_menus": True,
        "lead": "De su tarjeta al escritorio de alguien, sin nada oculto en el camino.",
        "search_description": "Cómo se paga, se usa, se entrega y se certifica una donación a North Star.",
        "body": [
            steps(
                "Cuatro pasos",
                ("Donación", "Elija un monto y, si quiere, su destino."),
                ("Revisión", "Cada cifra una vez más, antes de cobrar nada."),
                (
                    "Pago",
                    "En la página de Stripe, nuestro proveedor de pagos. Nunca vemos su tarjeta.",
                ),
                (
                    "Recibo",
                    "Por correo electrónico, en PDF, con un número que cualquiera puede verificar aquí.",
                ),
            ),
            questions(
                "Preguntas frecuentes",
                (
                    "¿Puedo decir para qué es mi donación?",
                    "<p>Sí. Elíjalo en la página de donación. Si se dona más de lo que un destino necesita, el resto va al destino más cercano.</p>",
                ),
                (
                    "¿Puedo donar a una persona?",
                    "<p>No. Las donaciones van a tipos de necesidad, como computadoras o matrículas, nunca a una persona elegida. Así se cuida a las personas, y su donación sigue siendo deducible.</p>",
                ),
                (
                    "¿Descuentan los costos de pago de mi donación?",
                    "<p>Los descuenta el proveedor de pagos. Usted puede sumarlos; la casilla nunca viene marcada.</p>",
                ),
                (
                    "¿Y si el pago no se completa?",
                    "<p>Entonces no se cobra nada. Lo que escribió se conserva y puede intentarlo otra vez con un solo toque.</p>",
                ),
            ),
            give("Cuando usted quiera.", "En este sitio no hay cuentas regresivas, ni las habrá."),
        ],
    },
    {
        "title": "El programa",
        "slug": "programa",
        "show_in_menus": True,
        "lead": "Atención en su propio país y, después, estudio y trabajo.",
        "search_description": "Qué hacen los aliados de North Star y qué pagan las donaciones.",
        "body": [
            drawn(
                "Al lado de las personas, en casa",
                "<p>Cada sobreviviente permanece en su país, cerca de su idioma y, si lo desea, de "
                "su familia. Profesionales del trabajo social, centros verificados y casas seguras "
                "se ocupan de la salud, la ropa y el acompañamiento, y también de paseos, cumpleaños "
                "y alegrías comunes.</p>",
                "path",
            ),
            drawn(
                "Herramientas para un plan propio",
                "<p>Las solicitudes se escriben en computadoras. Las clases se graban. Los cursos "
                "cuestan. Hay quien quiere ser enfermera, peluquero, contadora o médica; un plan así "
                "necesita cosas sencillas, y esas las compramos.</p>",
                "books",
            ),
            give(
                "Sea parte.",
                "Cada donación va a un tipo de necesidad, y usted recibe un recibo por ella.",
            ),
        ],
    },
    {
        "title": "Sea abolicionista",
        "slug": "abolicionista",
        "show_in_menus": True,
        "lead": "Una donación que vuelve, desde $5 al mes. Para que la ayuda no termine antes que el curso.",
        "search_description": "El programa abolicionista de North Star: una donación mensual o anual "
        "desde $5, que usted cambia, pausa o detiene cuando quiera.",
        "body": [
            give_box(
                "Elija lo que vuelve",
                "Ve todo una vez más antes de pagar. Para cambiarla después basta un enlace, sin contraseña.",
                (
                    "$5",
                    "Se une a otras de su tamaño. Juntas son una suma con la que se puede planear.",
                ),
                ("$10", "Lo mismo, y ayuda en los meses en que pocas personas donan."),
                ("$25", "Pesa tanto como una donación única, y el próximo mes vuelve a estar."),
                ("$50", "Nos deja decir que sí a algo que dura un año escolar."),
            ),
            drawn(
                "Por qué este nombre",
                "<p>Las personas abolicionistas sostenían que la esclavitud debía terminar, y hacían "
                "algo por ello en días comunes: leían, escribían, donaban, abrían una puerta de noche. "
                "Muchas eran libres porque otras no habían cedido. Usamos su palabra para quienes hoy "
                "tampoco ceden.</p><p>Está solo en este sitio. Su estado de cuenta, nuestros correos y "
                "sus recibos llevan nuestro nombre corto y nada más.</p>",
                "door",
            ),
            steps(
                "Qué pasa después",
                (
                    "La primera donación",
                    "La paga con tarjeta en la página de Stripe. Nunca vemos su tarjeta.",
                ),
                ("Cada mes o cada año", "El mismo monto el mismo día, y cada vez un recibo."),
                (
                    "Cuando la vida cambia",
                    "Súbala, bájela, omítala o páusela con el enlace de cualquiera de nuestros correos.",
                ),
                (
                    "El final",
                    "Dos toques la detienen enseguida. Preguntamos por qué; no tiene que responder.",
                ),
            ),
            questions(
                "Preguntas frecuentes",
                (
                    "¿Mejor una vez al año?",
                    "<p>También se puede: elija «Anual» en la página de donación. Le escribimos antes de cada donación anual.</p>",
                ),
                (
                    "¿Qué paga mi donación?",
                    "<p>Estudio y trabajo: matrículas, computadoras, transporte, la gente que se queda. Elija un destino, o déjelo a quienes ven qué hace falta. No decimos que una donación compra una cosa; las donaciones se cuentan juntas.</p>",
                ),
                (
                    "¿Y si mi tarjeta vence o un pago no se completa?",
                    "<p>Le decimos por qué y cuándo se intenta de nuevo. Puede dar otra tarjeta, omitir ese mes o detenerla. No se debe nada.</p>",
                ),
                (
                    "Ya dono cada mes. ¿Y ahora?",
                    "<p>Suba esa donación en lugar de sumar otra: inicie sesión en «Mis donaciones» o use el enlace de cualquiera de nuestros correos. Una segunda también está bien.</p>",
                ),
            ),
        ],
    },
    {
        "title": "Privacidad",
        "slug": "privacidad",
        "in_footer": True,
        "lead": "Breve, porque hay poco que contar.",
        "search_description": "Qué guarda este sitio sobre usted y qué no.",
        "body": [
            text(
                "Cuando lee",
                "<p>Las páginas que solo se leen no guardan ninguna cookie. Ninguna imagen, letra ni "
                "programa viene de otra empresa. No hay herramienta de análisis y nadie cuenta sus "
                "visitas. El servidor anota la dirección de la página, la hora y cuánto tardó: no "
                "quién es usted, ni su dirección de red, ni su navegador.</p>",
            ),
            text(
                "Cuando llena un formulario",
                "<p>La página de un formulario guarda una cookie que lo protege contra "
                "falsificaciones y termina con la sesión del navegador. Es estrictamente necesaria; "
                "por eso ningún aviso pregunta por ella. Si inicia sesión, una segunda cookie lo "
                "recuerda durante doce horas como máximo. Tras algunas acciones, una tercera lleva a la "
                "página siguiente una frase como «Guardado».</p><p>La búsqueda de este sitio no "
                "guarda nada de lo que usted busca.</p>",
            ),
            text(
                "Cuando dona",
                "<p>Guardamos lo que escribió: su nombre, su correo, el monto y, si los puso, la "
                "dirección, la dedicatoria y el mensaje. Lo necesitamos para el recibo, para la "
                "contabilidad y para responderle. Los mensajes solo los lee nuestro equipo; ningún "
                "nombre de donante se publica.</p><p>El pago se hace en la página de Stripe, nuestro "
                "proveedor de pagos, que tiene su propia política de privacidad. Nunca vemos el "
                "número de su tarjeta.</p>",
            ),
            text(
                "Si un pago no se completa",
                "<p>Lo que escribió queda treinta días, para que pueda retomarlo, y después se "
                "borra.</p><p>Para frenar a las máquinas que prueban tarjetas robadas, contamos por "
                "red los pagos y las tarjetas rechazadas, durante una hora. Para eso se guarda una "
                "huella hecha con una clave secreta, nunca la dirección misma, y se borra la noche "
                "siguiente. Con una huella así se cuentan también los intentos de iniciar sesión.</p>",
            ),
            text(
                "Si pide nuestras noticias",
                "<p>Guardamos la dirección, el idioma, lo que aceptó y cuándo. Una dirección que no se "
                "confirma se borra al cabo de una semana. Se da de baja con una pulsación en cada "
                "correo, y un año después se borra también ese registro. No medimos quién abre un "
                "correo.</p>",
            ),
            text(*PRIVACY["es"]),
            text(
                "Qué puede pedir",
                '<p>Escriba a <a href="mailto:hello@northstar.example">hello@northstar.example</a> '
                "para ver, corregir o borrar lo que guardamos. La ley fiscal nos obliga a conservar "
                "montos y recibos durante algunos años; lo demás se borra cuando usted lo pida.</p>",
            ),
        ],
    },
    {
        "title": "Accesibilidad",
        "slug": "accesibilidad",
        "in_footer": True,
        "lead": "Este sitio debe funcionar para usted, sea cual sea su manera de leerlo y manejarlo.",
        "search_description": "Qué tan accesible es este sitio, qué se probó y qué no.",
        "body": [
            text(
                "A qué aspiramos",
                "<p>A las Pautas de Accesibilidad para el Contenido Web 2.2, nivel AA. Las páginas "
                "funcionan solo con teclado, sin JavaScript, a 320 píxeles, en claro y en oscuro, y "
                "en papel. Los errores de los formularios se dicen con palabras y con un enlace al "
                "campo.</p>",
            ),
            text(
                "Qué se probó y qué no",
                "<p>Un programa (axe) revisa cada página y cada estado en un navegador, Chromium, en "
                "tres anchos y en ambos idiomas. Todavía no la han probado personas que usan a "
                "diario un lector de pantalla o un pulsador. La página de pago pertenece a Stripe.</p>",
            ),
            text(
                "Cuéntenos",
                '<p>¿Algo le estorba? Escriba a <a href="mailto:hello@northstar.example">'
                "hello@northstar.example</a>. Si un formulario se lo impide, recibimos su donación "
                "por correo o por teléfono.</p>",
            ),
        ],
    },
    {
        "title": "Maneras de ayudar",
        "slug": "maneras-de-ayudar",
        "in_footer": True,
        "lead": "El dinero es una. Aquí hay otras que le cuestan poco o nada.",
        "search_description": "Donación del empleador, redondeo, compras, objetos y tiempo: maneras "
        "de ayudar a North Star.",
        "body": [
            programmes(
                "Otros donan con usted",
                "Nos pagan de vez en cuando una sola suma. No nos dicen quién es usted; por eso el "
                "recibo lo dan ellos.",
                (
                    "match",
                    "Su empleador la duplica",
                    "Muchos empleadores añaden tanto como usted donó. Pregunte por «matching gifts» "
                    "y dé nuestro nombre legal y número fiscal, que están en su recibo.",
                ),
                (
                    "round_up",
                    "El cambio de su tarjeta",
                    "Algunos bancos redondean cada compra y donan los centavos. Busque «redondeo» en "
                    "la aplicación de su banco y elíjanos allí, si estamos en la lista.",
                ),
                (
                    "shopping",
                    "Una parte de lo que compra",
                    "Algunas tiendas donan una parte del precio. Estos programas empiezan y terminan; "
                    "el nuestro cerró en 2023. Cuando haya otro, esta página lo dirá.",
                ),
            ),
            text(
                "Qué más cuenta",
                '<ul><li><a href="/es/things/offer/">Done un objeto</a>: una computadora o un '
                "reproductor que funcione ayuda a alguien a postularse.</li><li>"
                '<a href="/es/deseos/">La lista de deseos</a>: lo que hoy piden el estudio y el '
                'trabajo.</li><li><a href="/es/formacion/">Aprenda las señales</a>: cursos cortos para '
                "llevar adonde trabaja.</li></ul>",
            ),
            give_box("O un poco, cada mes", "Desde $5; la cambia o la detiene cuando quiera."),
        ],
    },
    {
        "title": "Nuestros aliados",
        "slug": "nuestros-aliados",
        "in_footer": True,
        "lead": "Quienes trabajan con nosotros y aceptaron por escrito que se les nombre.",
        "search_description": "Organizaciones que trabajan con North Star y aceptaron ser nombradas.",
        "body": [
            text(
                "Por qué hay tan pocos nombres",
                "<p>La mayoría de quienes acompañan a sobrevivientes no se nombra aquí, y una casa "
                "nunca. Un nombre puede llevar a una puerta. Lo que lee abajo se aceptó por "
                "escrito.</p>",
            ),
            partner(
                "Atención médica",
                "Morning Light Surgeons",
                "Profesionales que ofrecen cirugía reconstructiva y acompañamiento sin cobrar. "
                "Nosotros pagamos el viaje de la persona y de quien la acompaña.",
                "Su dirección, por carta (inventada)",
            ),
            partner(
                "Estudio",
                "Second Shelf Library Fund",
                "Presta los libros de un curso por el tiempo que dure.",
                "Su consejo, por carta (inventado)",
            ),
        ],
    },
]

WISH_LIST: dict[str, Any] = {
    "title": "Lista de deseos",
    "slug": "deseos",
    "show_in_menus": True,
    "seo_title": "Lista de deseos: computadoras, matrículas, herramientas",
    "search_description": "Lo que hoy piden el estudio y el trabajo: computadoras, matrículas y "
    "herramientas, cada una con su precio. Done una, o una parte desde $5.",
    "lead": "Lo que hoy piden el estudio y el trabajo. Done una cosa entera, o una parte.",
    "after": "<h3>Cómo funciona un deseo</h3><p>Un deseo es un número de cosas de un tipo, para "
    "una parte del mundo; nunca para una persona. Cuando se alcanza la meta, compramos, los "
    "aliados entregan, y su enlace le cuenta por dónde va.</p><p>No se cobra nada hasta que usted "
    "haya visto todo una vez más.</p>",
}
