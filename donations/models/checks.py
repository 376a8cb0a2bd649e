"""What came of recomputing the rules of the books: one row a run."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import rules


class BooksCheck(models.Model):
    """One run of all checks of the books; written on while it goes on, then it stands."""

    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    # None: by the clock, or by a command on the machine.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    # None: under way, or broken off; `failure` then names the kind of error.
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    failure = models.CharField(max_length=80, blank=True)
    # The newest entry when it began: what came later it has not seen.
    newest_entry = models.BigIntegerField(default=0)
    rules_count = models.PositiveSmallIntegerField(default=0)
    # [[name, milliseconds, problems, [[about, text], …]], …], the first problems alone.
    results = models.JSONField(default=list, blank=True)
    problems = models.PositiveIntegerField(_("problems"), default=0)

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")
        ordering = ["-pk"]
        triggers = [
            rules.never_deleted("books_check_kept"),
            rules.frozen(
                "books_check_stands",
                *("asked_at", "asked_by_id", "started_at", "finished_at", "failure"),
                *("newest_entry", "rules_count", "results", "problems"),
                when='OLD."finished_at" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
