"""The donor's own area, and signing in to it."""

from allauth.account.views import RequestLoginCodeView
from django.urls import include, path

from accounts import views
from accounts.plan_sign_in import plan_sign_in

urlpatterns = [
    path("account/", views.my_giving, name="my_giving"),
    path("account/receipts/<str:label>/", views.my_receipt, name="my_receipt"),
    # Donors have no password: one field and a code by mail, nothing to choose from.
    path("account/login/plan/<str:key>/", plan_sign_in, name="plan_sign_in"),
    path("account/login/", RequestLoginCodeView.as_view()),
    path("account/", include("allauth.urls")),
]
