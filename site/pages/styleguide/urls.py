from django.urls import path

from pages.styleguide import views

urlpatterns = [
    path("", views.index, name="styleguide"),
    path("<slug:name>/", views.state, name="styleguide_state"),
]
