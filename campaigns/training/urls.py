"""Learning and its certificates, with a language prefix where it is not English.

The lessons are pages (`campaigns.models.training_pages`), whose list lies at this address too;
its `TAKEN` names the first parts that are used here.
"""

from django.urls import path

from campaigns.training import checks, coordinating, views

urlpatterns = [
    path("begin/", views.begin, name="training_begin"),
    path("join/<str:token>/", views.join, name="training_join"),
    path("verify/", views.verify, name="training_verify"),
    path("verify/<str:code>/", views.verified, name="training_verified"),
    path("workplaces/", coordinating.sign_up, name="training_sign_up"),
    path("workplaces/asked/", coordinating.asked, name="training_asked"),
    path("workplaces/link/", coordinating.send_link, name="training_coordinator_link"),
    path("workplaces/<str:token>/", coordinating.workplace, name="training_workplace"),
    path("workplaces/<str:token>/change/", coordinating.change, name="training_change"),
    path("workplaces/<str:token>/erase/", coordinating.erase, name="training_erase"),
    path("workplaces/<str:token>/finishes/", coordinating.finishes, name="training_finishes"),
    path(
        "workplaces/<str:token>/poster/<str:language>/<str:paper>/",
        coordinating.poster,
        name="training_poster",
    ),
    path("mine/<str:token>/", views.mine, name="training_mine"),
    path("mine/<str:token>/mail/", views.mail_link, name="training_mail"),
    path("mine/<str:token>/renew/", views.renew, name="training_renew"),
    path("mine/<str:token>/forget/", views.forget, name="training_forget"),
    path("mine/<str:token>/start/", checks.start, name="training_start"),
    path("mine/<str:token>/check/<int:pk>/", checks.check, name="training_check"),
    path("mine/<str:token>/certificate/<int:pk>/", checks.certificate, name="training_certificate"),
    path("mine/<str:token>/name/<int:pk>/", checks.name, name="training_name"),
]
