"""Asking for news by e-mail and leaving it, with a language prefix where it is not English."""

from django.urls import path

from campaigns.news import views

urlpatterns = [
    path("", views.news, name="news"),
    path("asked/", views.asked, name="news_asked"),
    path("confirm/<str:token>/", views.confirm, name="news_confirm"),
    path("letters/<int:pk>/", views.letter, name="news_letter"),
    path("leave/<str:token>/", views.leave, name="news_leave"),
]
