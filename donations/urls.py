"""Giving and receipts, with a language prefix where it is not English."""

from django.urls import path

from donations.views import confirm, give, paying, plan_actions, plan_cards, plans, receipts

urlpatterns = [
    path("give/", give.give, name="give"),
    path("give/review/<str:reference>/", paying.review, name="give_review"),
    path("give/pay/<str:reference>/", paying.pay, name="give_pay"),
    path("give/back/<str:reference>/", paying.came_back, name="give_back"),
    path("give/return/<str:reference>/", paying.returned, name="give_return"),
    path("give/status/<str:reference>/", paying.status, name="give_status"),
    path("give/confirm/<str:mailed>/", confirm.confirm, name="confirm_gift"),
    path("plan/", plans.find, name="plan_find"),
    # The key: a signed token from a mail, or the reference of one's own plan.
    path("plan/<str:key>/", plans.show, name="plan"),
    path("plan/<str:key>/again/", plans.resend, name="plan_resend"),
    path("plan/<str:key>/amount/", plan_actions.amount, name="plan_amount"),
    path("plan/<str:key>/purpose/", plan_actions.purpose, name="plan_purpose"),
    path("plan/<str:key>/pause/", plan_actions.pause, name="plan_pause"),
    path("plan/<str:key>/skip/", plan_actions.skip, name="plan_skip"),
    path("plan/<str:key>/resume/", plan_actions.resume, name="plan_resume"),
    path("plan/<str:key>/receipts/", plan_actions.receipts, name="plan_receipts"),
    path("plan/<str:key>/stop/", plan_actions.stop, name="plan_stop"),
    path("plan/<str:key>/restart/", plan_actions.restart, name="plan_restart"),
    path("plan/<str:key>/card/", plan_cards.new_card, name="plan_card"),
    path("plan/<str:key>/card/<str:before>/", plan_cards.card_back, name="plan_card_back"),
    path("plan/<str:key>/bank/", plan_cards.bank, name="plan_bank"),
    path("plan/<str:key>/pay/", plan_cards.pay, name="plan_pay"),
    path("receipts/check/", receipts.check, name="receipt_check"),
    path("receipts/<str:token>/", receipts.download, name="receipt_download"),
    path("receipts/<str:token>/again/", receipts.resend, name="receipt_resend"),
]
