"""What became of a year's gifts, for who has the link; with a language prefix for Spanish."""

from django.urls import path

from campaigns.impact_statements import views

urlpatterns = [
    path("<str:token>/", views.impact_statement, name="impact_statement"),
    path("<str:token>/paper/", views.impact_statement_paper, name="impact_statement_paper"),
]
