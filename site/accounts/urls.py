"""The donor's own area, and signing in to it."""

from allauth.account.views import RequestLoginCodeView
from django.urls import include, path

from accounts import about_me, my_impact, passkeys, views
from accounts.plan_sign_in import plan_sign_in

urlpatterns = [
    path("account/", views.my_giving, name="my_giving"),
    path("account/years/<int:year>/", views.my_year, name="my_year"),
    path("account/years/<int:year>/impact/", my_impact.my_impact, name="my_impact"),
    path(
        "account/years/<int:year>/impact/paper/", my_impact.my_impact_paper, name="my_impact_paper"
    ),
    path("account/gift-aid/<int:pk>/", views.my_declaration, name="my_declaration"),
    path("account/about-me/", about_me.about_me, name="about_me"),
    path("account/receipts/<str:label>/", views.my_receipt, name="my_receipt"),
    path("account/login/plan/<str:key>/", plan_sign_in, name="plan_sign_in"),
    # Donors have no password: one field and a code by mail, nothing to choose from.
    path("account/login/", RequestLoginCodeView.as_view()),
    path("account/2fa/webauthn/", passkeys.listed),
    path("account/2fa/webauthn/add/", passkeys.add),
    path("account/", include("allauth.urls")),
]
