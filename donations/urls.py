"""Giving and receipts, with a language prefix where it is not English."""

from django.urls import path

from donations.views import confirm, give, plans, receipts

urlpatterns = [
    path("give/", give.give, name="give"),
    path("give/review/<str:reference>/", give.review, name="give_review"),
    path("give/pay/<str:reference>/", give.pay, name="give_pay"),
    path("give/back/<str:reference>/", give.came_back, name="give_back"),
    path("give/return/<str:reference>/", give.returned, name="give_return"),
    path("give/status/<str:reference>/", give.status, name="give_status"),
    path("give/confirm/<str:mailed>/", confirm.confirm, name="confirm_gift"),
    path("plan/<str:token>/", plans.show, name="plan"),
    path("plan/<str:token>/again/", plans.resend, name="plan_resend"),
    path("receipts/check/", receipts.check, name="receipt_check"),
    path("receipts/<str:token>/", receipts.download, name="receipt_download"),
    path("receipts/<str:token>/again/", receipts.resend, name="receipt_resend"),
]
