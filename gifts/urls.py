"""Things: the basket, with a language prefix where it is not English."""

from django.urls import path

from gifts.basket import views

urlpatterns = [
    path("basket/", views.basket, name="basket"),
]
