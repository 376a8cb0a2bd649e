"""Papers of impact reports, with a language prefix where it is not English."""

from django.urls import path

from campaigns.reports import papers

urlpatterns = [path("<int:pk>.pdf", papers.report_paper, name="report_paper")]
