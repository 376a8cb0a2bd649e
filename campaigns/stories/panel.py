"""What an editor sees below a story: the texts that need a consent, and who may publish it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

LABELS: dict[str, tuple[Any, str]] = {
    "living": (_("Her consent is on record"), "good"),
    "withdrawn": (_("She took her consent back"), "bad"),
    "over": (_("Her consent has ended"), "bad"),
    "none": (_("No consent on record"), "warn"),
    "unknown": (_("The consents do not answer just now"), "bad"),
}


class SignaturesPanel(Panel):
    """Of the draft as it was saved last."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "campaigns/stories/panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from campaigns.models import StoryTalk  # noqa: PLC0415 - this is a part of them
            from campaigns.stories import gate, standing  # noqa: PLC0415 - they read the models

            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            if page.pk is None:
                return context | {"is_new": True}
            talk = StoryTalk.objects.filter(story=page.pk).first()
            talk_url = ""
            if talk and self.request.user.has_perm("campaigns.view_storytalk"):
                talk_url = reverse("comments-by-story:inspect", args=[talk.pk])
            return context | {
                "talk": talk,
                "talk_url": talk_url,
                "texts": [(text, *LABELS[how]) for text, how in standing.of_texts(page).items()],
                "second": [str(user) for user in gate.may_sign(page)],
            }
