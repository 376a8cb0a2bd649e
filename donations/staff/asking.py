"""Pages with a form that belong to a desk and to none of its rows: most ask for one more."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from donations.staff.cells import Text


class FormPage(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """A form, for who has the permission; the way back leads over the desk."""

    permission: ClassVar[str]
    namespace: ClassVar[str]
    desk_title: ClassVar[Text]
    request: Any  # with somebody signed in, by the staff side's middleware

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{self.namespace}:index"), "label": str(self.desk_title)},
            *self.between(),
            {"url": "", "label": str(self.page_title)},
        ]

    def between(self) -> list[dict[str, Any]]:
        return []


class Ask(FormPage):
    """A question, a form and a button; pressed, it makes a row and shows the row's own page."""

    button: ClassVar[Text]
    serious = False
    form_class: type[forms.Form] = forms.Form
    template_name = "donations/staff/act.html"

    def question(self) -> Text:
        raise NotImplementedError

    def make(self, data: dict[str, Any]) -> Model:
        """The row, by one call of the domain.

        Raises:
            ValidationError: it was refused; told beside the field that it names.
        """
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            row = self.make(form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
            return self.form_invalid(form)
        return redirect(self.after(row))

    def after(self, row: Any) -> str:
        return reverse(f"{self.namespace}:inspect", args=[row.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "question": self.question(),
            "back": reverse(f"{self.namespace}:index"),
            "button": self.button,
            "serious": self.serious,
        }
