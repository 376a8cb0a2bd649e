"""What every desk is made of: lists, pages to read one row, and acts with a confirm step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from core import money

Text = str | Promise


@dataclass(frozen=True)
class Cell:
    """Something to read, perhaps a link; `tone` is good, warn or bad where a state wants a look."""

    text: Any
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Section:
    """A titled part of a page: facts (two columns) or a table (with headings)."""

    title: Text
    rows: Sequence[Sequence[Cell | Any]] = ()
    headings: Sequence[Text] = ()
    empty: Text = ""
    # A template of its own and what it needs, where rows will not do.
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def cells(self) -> list[list[Cell]]:
        return [
            [cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in self.rows
        ]


@dataclass(frozen=True)
class Notice:
    text: Text
    url: str = ""
    tone: str = ""


class NotPossible(Exception):
    """An act cannot be done; the text says why, to the person who asked for it."""


def amount(amount_minor: int | None, currency: str) -> str:
    """Money as this reader writes it; empty where nothing is known yet."""
    if amount_minor is None:
        return ""
    return money.display(amount_minor, currency, get_language() or "en")


def moment(value: datetime | None) -> str:
    return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else ""


def link(namespace: str, row: Model | None, text: Any = None) -> Cell:
    if row is None:
        return Cell("")
    url = reverse(f"{namespace}:inspect", args=[quote(row.pk)])
    return Cell(str(row) if text is None else text, url)


class MoneyColumn(Column):
    """An amount with its currency, from `<name>` and the row's `currency`."""

    def get_value(self, instance: Any) -> str:
        return amount(getattr(instance, self.accessor), instance.currency)


class MomentColumn(Column):
    def get_value(self, instance: Any) -> str:
        return moment(super().get_value(instance))


class Listing(generic.IndexView):
    """A list of rows nobody makes or changes here: no add, no export, counts and notices on top."""

    template_name = "donations/staff/index.html"
    any_permission_required: ClassVar[list[str]] = ["view"]
    paginate_by = 25
    # Wagtail's own export hands spreadsheet formulas through as they are.
    list_export: ClassVar[list[str]] = []
    # Narrows the list by what was typed into the search box.
    finder: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False

    @cached_property
    def is_searchable(self) -> bool:
        return self.finder is not None

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        finder = type(self).finder
        if not self.is_searching or finder is None:
            return queryset
        return finder(queryset, self.search_query)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = {} if self.results_only else {"notices": self.notices()}
        return {**super().get_context_data(**kwargs), **extra}

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        """The title leads to the row; a menu with that one line would only be in the way."""
        return []

    def notices(self) -> list[Notice]:
        return []


class Reading(generic.InspectView):
    """One row with everything about it, as sections; buttons for what this person may do."""

    template_name = "donations/staff/inspect.html"
    any_permission_required: ClassVar[list[str]] = ["view"]
    acts: Sequence[type["Act"]] = ()
    namespace = ""

    def get_page_title(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    def get_fields(self) -> list[str]:
        return []

    def sections(self) -> list[Section]:
        raise NotImplementedError

    def notices(self) -> list[Notice]:
        return []

    def may_see(self, model_name: str) -> bool:
        allowed: bool = self.request.user.has_perm(f"donations.view_{model_name}")
        return allowed

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(
                act.title,
                url=reverse(f"{self.namespace}:{act.name}", args=[quote(self.object.pk)]),
                icon_name=act.icon,
                priority=place,
            )
            for place, act in enumerate(self.acts)
            if self.request.user.has_perm(act.permission) and act.is_possible(self.object)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sections": self.sections(), "notices": self.notices()}


class Act(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Something done to one row: asks first, then POST does it and goes back to the row."""

    name: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str]
    icon: ClassVar[str] = "edit"
    serious = False
    model: Any = None  # given by the desk, as is its namespace
    namespace = ""
    request: Any  # with somebody signed in, by the staff side's middleware
    form_class: type[forms.Form] = forms.Form
    template_name = "donations/staff/act.html"

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        """Whether the button makes sense for this row now; the domain decides when pressed."""
        return True

    def question(self) -> Text:
        raise NotImplementedError

    def perform(self, form: Any) -> Text:
        """Do it, by one call of the domain. Returns what to say afterwards."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        self.row: Any = get_object_or_404(self.model, pk=unquote(str(kwargs["pk"])))
        return super().dispatch(request, *args, **kwargs)

    def summary(self, form: Any) -> Section | None:
        """What will be done, to look over once more; none where the question says it all."""
        return None

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not self.is_possible(self.row):
            messages.warning(self.request, _("Nothing was changed: it has been done already."))
            return redirect(self.back())
        summary = self.summary(form)
        if summary and "confirmed" not in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form, summary=summary))
        try:
            messages.success(self.request, self.perform(form))
        except NotPossible as problem:
            messages.error(self.request, str(problem))
        return redirect(self.back())

    def back(self) -> str:
        return reverse(f"{self.namespace}:inspect", args=[quote(self.row.pk)])

    def get_page_title(self) -> str:
        return str(self.title)

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        plural = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{self.namespace}:index"), "label": plural},
            {"url": self.back(), "label": str(self.row)},
            {"url": "", "label": str(self.title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "question": self.question(),
            "back": self.back(),
            "button": self.title,
            "serious": self.serious,
        }


class Desk(ModelViewSet):
    """Rows that come from elsewhere: listed and read; changed by acts alone, never by a form."""

    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    acts: Sequence[type[Act]] = ()
    form_fields: Sequence[str] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        gone = ("add", "edit", "delete", "copy", "history", "usage")
        return common | {f"{name}_url_name": None for name in gone}

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {"acts": self.acts, "namespace": self.url_namespace}
        given: dict[str, Any] = super().get_inspect_view_kwargs(**own, **kwargs)
        return given | {"template_name": self.inspect_view_class.template_name}

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_index_view_kwargs(**kwargs)
        return given | {"template_name": self.index_view_class.template_name}

    def extra_urls(self) -> Iterable[URLPattern]:
        return ()

    def get_urlpatterns(self) -> list[URLPattern]:
        key = f"<{self.pk_path_converter}:pk>"
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/{key}/", self.inspect_view, name="inspect"),
            *(
                path(
                    f"{act.name}/{key}/",
                    act.as_view(model=self.model, namespace=self.url_namespace),
                    name=act.name,
                )
                for act in self.acts
            ),
            *self.extra_urls(),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no page to edit such a row."""
