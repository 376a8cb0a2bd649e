"""Offering things, with a language prefix where it is not English."""

from django.urls import path

from gifts.offers import views

urlpatterns = [
    path("", views.offer, name="offer"),
    path("thanks/<str:reference>/", views.thanks, name="offer_thanks"),
    path("<str:token>/", views.page, name="offer_page"),
    path("<str:token>/again/", views.again, name="offer_again"),
    path("<str:token>/withdraw/", views.withdraw, name="offer_withdraw"),
    path("<str:token>/acknowledgment/<int:pk>/", views.acknowledgment, name="offer_acknowledgment"),
    path("<str:token>/statement/<int:pk>/", views.statement, name="offer_statement"),
]
