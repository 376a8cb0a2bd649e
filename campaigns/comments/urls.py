"""Writing below a story and reporting what stands there, with a language prefix."""

from django.urls import path

from campaigns.comments import views

urlpatterns = [
    path("<int:story>/", views.write, name="comment_write"),
    path("<int:story>/thanks/", views.thanks, name="comment_thanks"),
    path("<int:story>/reported/", views.reported, name="comment_reported"),
    path("report/<int:pk>/", views.report, name="comment_report"),
]
