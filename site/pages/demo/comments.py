"""What readers of the demonstration wrote below its stories: made up, like they."""

# By the story's slug: name, words, how many days ago, and whether it is shown.
COMMENTS: dict[str, tuple[tuple[str, str, int, bool], ...]] = {
    "the-form-that-was-due-on-friday": (
        (
            "Ines",
            "I have worked at such an office for years and never thought about who stands in "
            "line. Next week I will look up more often.",
            34,
            True,
        ),
        (
            "",
            "“I wanted help with the line.” I have read this sentence to my class.\n\nNobody said "
            "anything for a while.",
            12,
            True,
        ),
        ("A retired teacher", "Nine papers! And somebody brings coffee. Well done, all.", 5, True),
        (
            "Tom",
            "How can I help with such lists where I live? I have two free afternoons.",
            1,
            False,
        ),
        (
            "",
            "Is this about the school on Mill Street in Guatemala? I think I know who she is.",
            1,
            False,
        ),
    ),
    "el-formulario-que-vencia-el-viernes": (
        (
            "Marta",
            "Trabajo en una ventanilla. Desde hoy voy a mirar más a quien espera al otro lado.",
            20,
            True,
        ),
        ("", "Gracias por contarlo. El café también cuenta como papel.", 6, True),
    ),
}

# What the page about privacy says of it: a heading and a text.
PRIVACY = {
    "en": (
        "If you write below a story",
        "<p>We keep what you wrote and the name you gave, if any, and show them with the month "
        "once people have read them. We ask for no e-mail address. What we decline is erased "
        "after 90 days; what is shown goes with the story, or when you ask. A fingerprint of your "
        "network, made with a secret key, is kept for a day against floods; if you report a "
        "comment, until somebody has looked at it. If somebody seems to be in danger, only people "
        "named for that read it, and it is erased 180 days after they have seen to it.</p>",
    ),
    "es": (
        "Si escribe debajo de una historia",
        "<p>Guardamos lo que escribió y el nombre que puso, si lo puso, y los mostramos con el mes "
        "cuando alguien los ha leído. No pedimos correo electrónico. Lo que rechazamos se borra "
        "después de 90 días; lo que se muestra se va con la historia, o cuando usted lo pida. Una "
        "huella de su red, hecha con una clave secreta, se guarda un día contra avalanchas; si "
        "avisa de un comentario, hasta que alguien lo mire. Si alguien parece estar en peligro, "
        "solo lo leen personas designadas, y se borra 180 días después de que lo atiendan.</p>",
    ),
}
