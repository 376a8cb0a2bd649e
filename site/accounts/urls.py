"""The donor's own area, and signing in to it."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("account/", views.my_giving, name="my_giving"),
    path("account/receipts/<str:label>/", views.my_receipt, name="my_receipt"),
    path("account/", include("allauth.urls")),
]
