"""What every desk is made of: lists, pages to read one row, and acts with a confirm step."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.active_filters import (
    ActiveFilter,
    BaseFilterAdapter,
    register_filter_adapter_class,
)
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from donations.staff.cells import Notice, Section, Text, amount, clock, moment
from donations.staff.words import yes_no


class NotPossible(Exception):
    """An act cannot be done; the text says why, to the person who asked for it."""


class ShortColumn(Column):
    """Something that is read as one: it does not wrap."""

    def __init__(self, name: Any, **options: Any) -> None:
        super().__init__(name, classname="ns-nowrap", **options)


class MoneyColumn(ShortColumn):
    """An amount with its currency, from `<name>` and the row's `currency`."""

    def get_value(self, instance: Any) -> str:
        return amount(getattr(instance, self.accessor), instance.currency)


class MomentColumn(ShortColumn):
    def get_value(self, instance: Any) -> str:
        return moment(super().get_value(instance))


class LinesColumn(Column):
    """Two lines: what matters, and below it in small what goes with it."""

    cell_template_name = "donations/staff/lines_cell.html"

    def __init__(self, name: Any, below: Callable[[Any], str], **options: Any) -> None:
        super().__init__(name, **options)
        self.below = below

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"below": self.below(instance)}


class YesOrNo(BaseFilterAdapter):
    """A filter in force, in words; a box that is not ticked is none."""

    def get_active_filters(self) -> Iterable[ActiveFilter]:
        if self.value or not isinstance(self.filter.field.widget, forms.CheckboxInput):
            url = self.get_url_without_filter_param(self.name)
            label = self.filter.label
            yield ActiveFilter(self.bound_field.auto_id, label, yes_no(self.value), url)


register_filter_adapter_class(django_filters.BooleanFilter, adapter_class=YesOrNo)


class Listing(generic.IndexView):
    """A list of rows nobody makes or changes here: no add, no export, counts and notices on top."""

    template_name = "donations/staff/index.html"
    results_template_name = "donations/staff/index_results.html"
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

    @cached_property
    def is_filtering(self) -> bool:
        """Wagtail takes a box that nobody ticked for a filter, and counts "matches"."""
        filters = self.filters
        return bool(filters and filters.is_valid() and any(filters.form.cleaned_data.values()))

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        finder = type(self).finder
        if not self.is_searching or finder is None:
            return queryset
        return finder(queryset, self.search_query)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = {} if self.results_only else {"notices": self.notices(), "clock": clock()}
        return {**super().get_context_data(**kwargs), **extra}

    def titled(self, name: str, words: Callable[[Any], str]) -> Column:
        """The column that leads to the row, in other words than the field's own."""
        column: Column = self._get_title_column(name)
        column.accessor = words
        return column

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
        return bool(self.request.user.has_perm(f"donations.view_{model_name}"))

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
        own = {"sections": self.sections(), "notices": self.notices(), "clock": clock()}
        return context | own


class Act(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Something done to one row: asks first, then POST does it and goes back to the row."""

    name: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str]
    icon: ClassVar[str] = "edit"
    serious = False
    # Always shown once more before it is done: the first button leads to that alone.
    is_looked_over = False
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
        if not self.is_possible(self.row):
            messages.warning(request, _("Nothing was changed: it has been done already."))
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)

    def summary(self, form: Any) -> Sequence[Section]:
        """What will be done, to look over once more; empty where the question says it all."""
        return ()

    def form_valid(self, form: forms.Form) -> HttpResponse:
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
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        is_first = self.is_looked_over and "summary" not in context
        return context | {
            "question": self.question(),
            "back": self.back(),
            "button": _("Look it over") if is_first else self.title,
            "serious": self.serious and not is_first,
        }


class Desk(ModelViewSet):
    """Rows that come from elsewhere: listed and read; changed by acts alone, never by a form."""

    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    # Where one more is made, if people may: at new/.
    add_view_class: Any = None
    acts: Sequence[type[Act]] = ()
    form_fields: Sequence[str] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        gone = ["edit", "delete", "copy", "history", "usage"]
        gone += [] if self.add_view_class else ["add"]
        return common | {f"{name}_url_name": None for name in gone}

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {"acts": self.acts, "namespace": self.url_namespace}
        own |= {"template_name": self.inspect_view_class.template_name}
        return dict(super().get_inspect_view_kwargs(**own, **kwargs))

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        own = {"template_name": self.index_view_class.template_name}
        return dict(super().get_index_view_kwargs(**own, **kwargs))

    @property
    def add_view(self) -> Any:
        """Wagtail's own form has to be told what it is for; a page of ours knows."""
        if issubclass(self.add_view_class, generic.CreateView):
            return super().add_view
        return self.add_view_class.as_view()

    def extra_urls(self) -> Iterable[URLPattern]:
        return ()

    def get_urlpatterns(self) -> list[URLPattern]:
        key = f"<{self.pk_path_converter}:pk>"
        own = {"model": self.model, "namespace": self.url_namespace}
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/{key}/", self.inspect_view, name="inspect"),
            *(path(f"{act.name}/{key}/", act.as_view(**own), name=act.name) for act in self.acts),
            *([path("new/", self.add_view, name="add")] if self.add_view_class else []),
            *self.extra_urls(),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no page to edit such a row."""
