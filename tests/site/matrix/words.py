"""One of everything that editors write and keep."""

import re

from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupApprovalTask, Page, Site, Workflow

from campaigns.models import Campaign, Picture, StoryTask
from tests import news_made
from tests.campaigns import comments_made, reported, training_made
from tests.campaigns_made import make_campaign, make_challenge
from tests.downloads_made import make_download
from tests.people import person

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def a_page() -> Page:
    found = Page.objects.filter(depth=3, locale__language_code="en").order_by("path").first()
    assert found is not None
    return found


def words() -> dict[str, object]:
    page, home = a_page(), a_page().get_parent()
    other = page.get_next_siblings().first()
    author = person(factor=False, is_superuser=True)
    revision = page.specific.save_revision(user=author)
    other.specific.save_revision(user=author)
    alias = page.create_alias(update_slug="alias")
    workflow, task = Workflow.objects.get(), GroupApprovalTask.objects.get()
    state = workflow.start(other.specific, author)
    picture = Picture.objects.create(title="x", file=get_test_image_file(), shows="nobody")
    session = EditingSession.objects.create(
        user=author, content_object=page, last_seen_at=timezone.now()
    )
    moved = Redirect.objects.create(old_path="/old", redirect_page=page)
    collection = Collection.get_first_root_node().add_child(name="x")
    return {
        **dict.fromkeys(("page_id", "page_to_move_id", "pages:pk", "page_pk"), page.pk),
        **{"parent_page_id": home.pk, "destination_id": home.pk},
        **{"content_type_app_name": "pages", "content_type_model_name": "standardpage"},
        **{"app_label": "pages", "model_name": "standardpage", "app_name": "pages"},
        **{"bulk:app_label": "wagtailcore", "bulk:model_name": "page", "bulk:action": "publish"},
        **{"tasks:app_label": "wagtailcore", "tasks:model_name": "groupapprovaltask"},
        **{"settings:model_name": "organisationsettings", "settings:pk": Site.objects.get().pk},
        **{"tag-autocomplete:app_name": "taggit", "tag-autocomplete:model_name": "tag"},
        **{"ping:app_label": "pages", "ping:model_name": "standardpage", "object_id": page.pk},
        **{"session_id": session.pk, "action_name": "approve", "action:action_name": "copy"},
        **{"workflow:page_id": other.pk, "workflow_history:page_id": other.pk},
        "/admin/pages/workflow/action/<int:page_id>/<slug:action_name>/<int:task_state_id>/": (
            f"/admin/pages/workflow/action/{other.pk}/approve/{state.current_task_state.pk}/"
        ),
        "/admin/pages/<int:page_id>/convert_alias/": f"/admin/pages/{alias.pk}/convert_alias/",
        **{"revision_id": revision.pk, "revision_id_a": "earliest", "revision_id_b": "latest"},
        **{"task_state_id": state.current_task_state.pk, "workflow_state_id": state.pk},
        **{"workflows:pk": workflow.pk, "workflow_pk": workflow.pk, "task_id": task.pk},
        **{
            f"/admin/workflows/tasks/{act}/<int:pk>/": f"/admin/workflows/tasks/{act}/{task.pk}/"
            for act in ("edit", "enable", "disable")
        },
        **{"pk": page.pk, "collections:pk": collection.pk, "collection_id": collection.pk},
        **{"redirect_id": moved.pk, "image_id": picture.pk, "images:pk": picture.pk},
        **dict.fromkeys(("document_id", "documents:pk", "downloads:pk"), make_download().pk),
        **{"filter_spec": "width-100", "uploaded_file_id": 1, "doc_id": 1},
        **{"page_view_restriction_id": 1, "sites:pk": Site.objects.get().pk},
        **{"campaigns:pk": make_campaign().pk, "challenges:pk": make_challenge().pk},
        **{"flyer:pk": Campaign.objects.get(code="SCHOOL-YEAR").pk},
        **{"flyer:language": "en", "flyer:size": "letter", "c:code": "nowhere"},
        **{
            **reported.addresses(),
            "story-tasks:pk": StoryTask.objects.create(kind="down").pk,
        },
        **news_made.addresses(),
        **comments_made.addresses(),
        **training_made.addresses(),
        **{"snippet:app_label": "pages", "snippet:model_name": "standardpage"},
        **{"rest": "anything", "page": page.slug, "name": "made-up"},
    }
