"""Learning and its certificates, with a language prefix where it is not English.

The lessons are pages (`campaigns.models.training_pages`), whose list lies at this address too;
its `TAKEN` names the first parts that are used here.
"""

from django.urls import path

from campaigns.training import checks, views

urlpatterns = [
    path("begin/", views.begin, name="training_begin"),
    path("join/<str:token>/", views.join, name="training_join"),
    path("verify/", views.verify, name="training_verify"),
    path("verify/<str:code>/", views.verified, name="training_verified"),
    path("mine/<str:token>/", views.mine, name="training_mine"),
    path("mine/<str:token>/mail/", views.mail_link, name="training_mail"),
    path("mine/<str:token>/renew/", views.renew, name="training_renew"),
    path("mine/<str:token>/forget/", views.forget, name="training_forget"),
    path("mine/<str:token>/start/", checks.start, name="training_start"),
    path("mine/<str:token>/check/<int:pk>/", checks.check, name="training_check"),
    path("mine/<str:token>/certificate/<int:pk>/", checks.certificate, name="training_certificate"),
    path("mine/<str:token>/name/<int:pk>/", checks.name, name="training_name"),
]
