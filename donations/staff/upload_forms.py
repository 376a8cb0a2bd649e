"""The forms of a file of rows: the file itself, and how it is to be read."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Designation, Upload
from donations.offline import columns, reading
from donations.staff.batch_forms import DayField

DAYS = [
    ("mdy", _("Month first: 12/31/2026")),
    ("dmy", _("Day first: 31/12/2026")),
    ("ymd", _("Year first: 2026-12-31")),
]
DECIMALS = [("point", "1,234.56"), ("comma", "1.234,56")]
ENCODINGS = [("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")]
DELIMITERS = [(",", _("comma")), (";", _("semicolon")), ("\t", _("tab"))]


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "At most 8 MB and 20,000 rows, the first with headings. UTF-8 or Windows-1252."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )


class ColumnsForm(forms.Form):
    """Which column is what, and how the file writes amounts and days."""

    decimals = forms.ChoiceField(
        label=_("How amounts are written"), choices=DECIMALS, widget=forms.RadioSelect
    )
    days = forms.ChoiceField(
        label=_("How days are written"),
        choices=DAYS,
        widget=forms.RadioSelect,
        help_text=_("Nobody can tell 01/02/2026 from the file: please look at it."),
    )
    encoding = forms.ChoiceField(label=_("Letters"), choices=ENCODINGS)
    delimiter = forms.ChoiceField(label=_("Columns are parted by"), choices=DELIMITERS)
    received_on = DayField(label=_("Received on, where the file says nothing"), required=False)
    designation = forms.ModelChoiceField(
        label=_("For, where the file says nothing"),
        queryset=Designation.objects.filter(target_minor=None),
        required=False,
    )

    def __init__(self, *given: Any, upload: Upload, table: reading.Sheet, **options: Any) -> None:
        super().__init__(*given, **options)
        self.table, self.kind = table, upload.kind
        if self.kind != Upload.Kind.GIFTS:
            del self.fields["received_on"], self.fields["designation"]
        names = columns.FIELDS[upload.kind]
        choices = [("", _("not used")), *names.items()]
        taken = {place: name for name, place in upload.columns["by"].items()}
        for place, heading in enumerate(table.headings):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, help_text=self._example(place)
            )
            self.initial.setdefault(f"column{place}", taken.get(place, ""))
        for_all = upload.columns["for_all"]
        self.initial = {
            "decimals": upload.decimals,
            "days": upload.days,
            "encoding": upload.encoding,
            "delimiter": upload.delimiter,
            "received_on": for_all.get("received_on"),
            "designation": Designation.objects.filter(code=for_all.get("designation", "")).first(),
            **self.initial,
        }

    def _example(self, place: int) -> str:
        """The first thing that stands in this column."""
        cells = (cells[place] for _line, cells in self.table.rows if place < len(cells))
        return next((cell[:60] for cell in cells if cell), "")

    @property
    def of_file(self) -> list[Any]:
        return [field for field in self if field.name.startswith("column")]

    @property
    def of_writing(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("column")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen: dict[str, int] = {}
        for place in range(len(self.table.headings)):
            name = data.get(f"column{place}")
            if name in chosen:
                self.add_error(f"column{place}", _("Another column is this already."))
            elif name:
                chosen[name] = place
        names = columns.FIELDS[self.kind]
        lacking = [str(names[one]) for one in columns.NEEDED[self.kind] if one not in chosen]
        if lacking:
            text = gettext("Please say which column is: %(names)s.")
            self.add_error(None, text % {"names": ", ".join(lacking)})
        data["by_column"] = chosen
        return data
