"""What the demonstration says in English."""

from datetime import date
from typing import Any

from pages.demo.comments import PRIVACY


def text(heading: str, html: str) -> tuple[str, dict[str, Any]]:
    return ("text", {"heading": heading, "text": html})


def drawn(heading: str, html: str, drawing: str) -> tuple[str, dict[str, Any]]:
    return ("picture_text", {"heading": heading, "text": html, "drawing": drawing})


def steps(heading: str, *pairs: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    return ("steps", {"heading": heading, "steps": [{"title": t, "text": x} for t, x in pairs]})


def questions(heading: str, *pairs: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    asked = [{"question": q, "answer": a} for q, a in pairs]
    return ("questions", {"heading": heading, "questions": asked})


def figures(heading: str, source: str, *pairs: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    counted = [{"value": v, "label": label} for v, label in pairs]
    return ("figures", {"heading": heading, "figures": counted, "source": source})


def give(heading: str, words: str) -> tuple[str, dict[str, Any]]:
    return ("give", {"heading": heading, "text": words})


def partner(heading: str, name: str, words: str, agreed_by: str) -> tuple[str, dict[str, Any]]:
    """The made-up organization's partners are made up, and so is their agreement."""
    agreed = {"agreed_by": agreed_by, "agreed_on": date(2026, 9, 1)}
    return ("partner", {"heading": heading, "name": name, "text": words, "website": ""} | agreed)


def programmes(heading: str, words: str, *told: tuple[str, str, str]) -> tuple[str, dict[str, Any]]:
    rows = [{"kind": kind, "name": name, "text": how, "website": ""} for kind, name, how in told]
    return ("programmes", {"heading": heading, "text": words, "programmes": rows})


def give_box(heading: str, words: str, *meanings: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    told = [{"amount": amount, "text": does} for amount, does in meanings]
    box = {"heading": heading, "text": words, "frequency": "monthly", "meanings": told}
    return ("give_box", box)


ORGANISATION = {
    "hotline_number": "1-888-373-7888",
    "hotline_text": "In the United States, the National Human Trafficking Hotline answers day and night:",
    "footer_text": "School and work for survivors of human trafficking, in their own countries.",
}

HOME = {
    "title": "North Star",
    "slug": "home",
    "seo_title": "North Star: back to school and work",
    "search_description": "North Star helps survivors of human trafficking back into school and "
    "work: laptops, course fees and people who stay.",
    "hero_title": "A way on is drawn by what comes next.",
    "hero_lead": "Survivors of human trafficking have plans: a nursing course, a salon of her own, "
    "a first salary. We see to the laptop, the fees and the people who stay.",
    "hero_action": "Give toward a next step",
    "body": [
        drawn(
            "After safety comes Tuesday",
            "<p>Help begins on the first day: clothes, a doctor, someone to talk to. Then life "
            "asks for ordinary things. A desk. A birthday cake. A form for the university, due on "
            "Friday.</p><p>Our partners are social workers, care centers and safe homes in the "
            "survivors' own countries. They know what is needed. We make sure it is there.</p>",
            "desk",
        ),
        steps(
            "How a gift travels",
            ("You give", "Once or each month, what you like. You see every line before you pay."),
            ("A need is met", "A partner says what a course or a job calls for; we buy the thing."),
            ("It is handed over", "A person we know puts it into the right hands, quietly."),
            ("You hold a receipt", "Numbered and valid for your taxes, in your inbox."),
        ),
        figures(
            "In short",
            "North Star is made up for this demonstration; so is the number of countries.",
            ("14", "countries where partners stand beside survivors"),
            ("$5", "is the smallest gift, and it counts"),
            ("0", "trackers on this site"),
        ),
        give_box(
            "A little, every month",
            "A course takes longer than one gift. Abolitionists give from $5 a month, and stop or "
            "pause whenever they like.",
        ),
        drawn(
            "Her story is hers",
            "<p>You will find no faces here and no stories of pain. What someone lived through is "
            "not the price of a laptop. We show places, objects and light, and count in large "
            'groups.</p><p><a href="/stories/">Some tell of it</a>, in words they agreed to.</p>',
            "door",
        ),
        give(
            "Somebody starts a course this fall.",
            "Fees, a laptop, a bus pass: small, plain, and exactly what is missing.",
        ),
    ],
}

PAGES: list[dict[str, Any]] = [
    {
        "title": "How it works",
        "slug": "how-it-works",
        "show_in_menus": True,
        "lead": "From your card to somebody's desk, with nothing hidden on the way.",
        "search_description": "How a gift to North Star is paid, used, handed over and receipted.",
        "body": [
            steps(
                "Four steps",
                ("Gift", "Choose an amount and, if you like, what it is for."),
                ("Review", "Every figure once more, before anything is charged."),
                ("Payment", "On the page of Stripe, our payment provider. We never see your card."),
                ("Receipt", "By e-mail, as a PDF with a number that anyone can check here."),
            ),
            questions(
                "Questions people ask",
                (
                    "Can I say what my gift is for?",
                    "<p>Yes. Choose it on the giving page. If more is given for a purpose than it needs, the rest goes to the purpose nearest to it.</p>",
                ),
                (
                    "Can I give to one person?",
                    "<p>No. Gifts go to kinds of need, such as laptops or course fees, never to a chosen person. That keeps people safe, and it keeps your gift deductible.</p>",
                ),
                (
                    "Do you take the payment costs from my gift?",
                    "<p>The payment provider does. You may add them on top; the box is never ticked for you.</p>",
                ),
                (
                    "What if the payment does not go through?",
                    "<p>Then nothing is charged. What you typed is kept, and you can try again with one press.</p>",
                ),
            ),
            give(
                "Ready when you are.",
                "There is no countdown on this site, and there never will be.",
            ),
        ],
    },
    {
        "title": "The program",
        "slug": "program",
        "show_in_menus": True,
        "lead": "Aftercare in their own countries, and then school and work.",
        "search_description": "What North Star's partners do, and what gifts pay for.",
        "body": [
            drawn(
                "Beside people, at home",
                "<p>Survivors stay in their own country, near their language and, where they wish, "
                "their families. Social workers, vetted care centers and safe homes see to health, "
                "clothing and counseling, and to outings, birthdays and ordinary joy.</p>",
                "path",
            ),
            drawn(
                "Tools for a plan of her own",
                "<p>Applications are written on laptops. Lectures are recorded on players. Courses "
                "cost fees. People want to be nurses, hairdressers, bookkeepers, doctors; a plan "
                "like that needs plain things, and these we buy.</p>",
                "books",
            ),
            give(
                "Take a part in it.",
                "Every gift goes toward a kind of need, and you hold a receipt for it.",
            ),
        ],
    },
    {
        "title": "Become an Abolitionist",
        "slug": "abolitionist",
        "show_in_menus": True,
        "lead": "A gift that comes again, from $5 a month. So that help does not end before the course does.",
        "search_description": "The Abolitionist program of North Star: a monthly or yearly gift "
        "from $5, changed, paused or stopped by you at any time.",
        "body": [
            give_box(
                "Choose what comes again",
                "You see everything once more before you pay. A later change takes one link and no password.",
                (
                    "$5",
                    "Joins others of its size. Together they are a sum that can be planned with.",
                ),
                ("$10", "The same, and it helps through the months in which few people give."),
                ("$25", "Weighs as much as a single gift does, and it is there again next month."),
                ("$50", "Lets us say yes to something that lasts a school year."),
            ),
            drawn(
                "Why this name",
                "<p>Abolitionists held that slavery had to end, and did something about it on "
                "ordinary days: they read, wrote, gave, opened a door at night. Many were free "
                "because others had kept at it. We use their word for people who keep at it "
                "today.</p><p>It stands on this site alone. Your bank statement, our mails and "
                "your receipts carry our short name and nothing else.</p>",
                "door",
            ),
            steps(
                "What happens then",
                (
                    "The first gift",
                    "You pay it by card on the page of Stripe. We never see your card.",
                ),
                ("Each month or year", "The same amount on the same day, and a receipt each time."),
                (
                    "When life changes",
                    "Raise, lower, skip or pause it by the link in any of our mails.",
                ),
                ("The end", "Two presses stop it at once. We ask why, and you need not answer."),
            ),
            questions(
                "Questions people ask",
                (
                    "Rather once a year?",
                    "<p>That works too: choose “Yearly” on the giving page. We write to you before each yearly gift.</p>",
                ),
                (
                    "What does my gift pay for?",
                    "<p>School and work: course fees, laptops, travel, the people who stay. Choose a purpose, or leave it to those who see what is needed. We do not claim that one gift buys one thing; gifts are counted together.</p>",
                ),
                (
                    "What if my card ends or a payment fails?",
                    "<p>We tell you why and when it is tried again. You can give another card, skip that month or stop. Nothing is owed.</p>",
                ),
                (
                    "I give monthly already. What now?",
                    "<p>Raise that gift instead of adding a second one: sign in under “My giving”, or use the link in any of our mails. A second one is fine too.</p>",
                ),
            ),
        ],
    },
    {
        "title": "Privacy",
        "slug": "privacy",
        "in_footer": True,
        "lead": "Short, because there is little to tell.",
        "search_description": "What this site stores about you, and what it does not.",
        "body": [
            text(
                "When you read",
                "<p>Pages you only read set no cookie. No picture, letter or script comes from "
                "another company. There is no analytics software, and nobody counts your visits. "
                "The server notes the address of the page, the time and how long it took: not who "
                "you are, not your network address, not your browser.</p>",
            ),
            text(
                "When you fill in a form",
                "<p>A form page sets one cookie, which protects the form against forgery and ends "
                "with your browser session. It is strictly necessary, so no banner asks about it. "
                "If you sign in, a second cookie remembers that for at most twelve hours. After some acts "
                "a third one carries a sentence such as “Saved.” to the next page.</p><p>The search on "
                "this site keeps nothing of what you look for.</p>",
            ),
            text(
                "When you give",
                "<p>We keep what you typed: your name, your e-mail, the amount, and the address, "
                "tribute and message if you wrote them. We need it for the receipt, for the books "
                "and for answering you. A message goes to our staff only; no name of a donor is "
                "published.</p><p>You pay on the page of Stripe, our payment provider, which has "
                "its own privacy policy. We never see your card number.</p>",
            ),
            text(
                "If a payment comes to nothing",
                "<p>What you typed stays for thirty days, so that you can come back to it, and is "
                "then erased.</p><p>To keep out machines that test stolen cards, payments and failed "
                "cards are counted by network, over one hour. What is stored for it is a fingerprint "
                "made with a secret key, never the address itself, and it is erased the next "
                "night. Tries to sign in are counted by such a fingerprint, too.</p>",
            ),
            text(
                "If you ask for our news",
                "<p>We keep the address, the language, what you agreed to and when. An address that "
                "never confirmed is erased after a week. You leave by one press in each mail, and a "
                "year later that record is erased as well. We do not measure who opens a mail.</p>",
            ),
            text(*PRIVACY["en"]),
            text(
                "What you can ask for",
                '<p>Write to <a href="mailto:hello@northstar.example">hello@northstar.example</a> '
                "to see, correct or erase what we hold. Tax law makes us keep amounts and receipts "
                "for some years; the rest goes when you ask.</p>",
            ),
        ],
    },
    {
        "title": "Accessibility",
        "slug": "accessibility",
        "in_footer": True,
        "lead": "This site should work for you, whatever you read and steer it with.",
        "search_description": "How accessible this site is, what was tested, and what was not.",
        "body": [
            text(
                "What we aim for",
                "<p>The Web Content Accessibility Guidelines 2.2, level AA. Pages work with a "
                "keyboard alone, without JavaScript, at 320 pixels, in light and dark, and in print. "
                "Mistakes in forms are said in words, with a link to the field.</p>",
            ),
            text(
                "What was tested, and what was not",
                "<p>Every page and state is checked by a program (axe) in one browser, Chromium, at "
                "three widths, in both languages. It has not been tested yet by people who use a "
                "screen reader or a switch every day. The page where you pay belongs to Stripe.</p>",
            ),
            text(
                "Tell us",
                '<p>Something in your way? Write to <a href="mailto:hello@northstar.example">'
                "hello@northstar.example</a>. If a form stands in your way, we take your gift by "
                "mail or telephone.</p>",
            ),
        ],
    },
    {
        "title": "Ways to help",
        "slug": "ways-to-help",
        "in_footer": True,
        "lead": "Money is one way. Here are some that cost you little or nothing.",
        "search_description": "Employer match, round-up, shopping, things, time: ways to help us.",
        "body": [
            programmes(
                "Others give along",
                "They pay us in one sum now and then. Who you are is not told to us, so the receipt "
                "comes from them.",
                (
                    "match",
                    "Your employer doubles it",
                    "Many employers add as much as you gave. Ask for “matching gifts” and name them "
                    "our legal name and tax number, which stand on your receipt.",
                ),
                (
                    "round_up",
                    "Small change from your card",
                    "Some banks round each purchase up and give the cents. Look for “round-up” in "
                    "your bank's app and choose us there if it lists us.",
                ),
                (
                    "shopping",
                    "A share of what you buy",
                    "Some shops give a part of the price. Such programs begin and end; the one we "
                    "were in closed in 2023. This page names one when there is one again.",
                ),
            ),
            text(
                "What else counts",
                '<ul><li><a href="/things/offer/">Give a thing</a>: a laptop or a player that works '
                'helps somebody apply.</li><li><a href="/wishes/">The wish list</a>: what school '
                'and work ask for just now.</li><li><a href="/training/">Learn the signs</a>: short '
                "courses to bring to where you work.</li></ul>",
            ),
            give_box("Or a little, every month", "From $5, changed or stopped whenever you like."),
        ],
    },
    {
        "title": "Our partners",
        "slug": "our-partners",
        "in_footer": True,
        "lead": "Who works with us, as far as they agreed in writing to be named.",
        "search_description": "Organizations that work with North Star and agreed to be named.",
        "body": [
            text(
                "Why so few names",
                "<p>Most of those who stand beside survivors are not named here, and no house ever "
                "is. A name can lead to a door. Whoever you read of below has agreed in writing.</p>",
            ),
            partner(
                "Medical care",
                "Morning Light Surgeons",
                "Doctors who give reconstructive surgery and counseling without pay. We see to the "
                "journey, for the person and a companion.",
                "Their director, by letter (made up)",
            ),
            partner(
                "Learning",
                "Second Shelf Library Fund",
                "Lends course books for as long as a course takes.",
                "Their board, by letter (made up)",
            ),
        ],
    },
]

WISH_LIST: dict[str, Any] = {
    "title": "Wish list",
    "slug": "wishes",
    "show_in_menus": True,
    "seo_title": "Wish list: laptops, course fees, tools",
    "search_description": "What school and work ask for just now: laptops, course fees and tools, "
    "each with its price. Give one, or a share from $5.",
    "lead": "What school and work ask for just now. Give one of them, or a share of one.",
    "after": "<h3>How a wish works</h3><p>A wish is a number of things of one kind, for a part of "
    "the world; never for one person. When its goal is reached we order, partners hand over, and "
    "your trace tells you how far the thing has come.</p><p>Nothing is charged until you have seen "
    "everything once more.</p>",
}
