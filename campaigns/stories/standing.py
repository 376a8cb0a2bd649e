"""How it stands with the consents to what a story says."""

from campaigns.models import StoryPage
from campaigns.stories import words
from core import tokens
from gifts import consents

USE = "web"


def of_texts(page: StoryPage) -> dict[str, str]:
    """Of each text that needs a consent; "unknown" where nobody can ask."""
    texts = {text: tokens.of_text(text) for text in words.needed(page)}
    try:
        found = consents.standing(texts.values(), USE) if texts else {}
    except consents.CannotAsk:
        return dict.fromkeys(texts, "unknown")
    return {text: found[fingerprint] for text, fingerprint in texts.items()}
