"""Things: the basket and what became of a gift, with a language prefix where it is not English."""

from django.urls import path

from gifts.basket.views import basket
from gifts.trace.views import trace

urlpatterns = [
    path("basket/", basket, name="basket"),
    path("trace/<str:token>/", trace, name="trace"),
]
