"""Doors of 事项: my desk, the ledger of matters, the way to a room. Records 存证核验 have addresses of their own."""

from django.urls import path

from yunzhang.ground.matters.pages.desk import go_to_matter, list_matters, show_desk

app_name = "matters"
urlpatterns = [
    path("desk", show_desk, name="desk"),
    path("matters", list_matters, name="list"),
    path("matters/<uuid:loop>", go_to_matter, name="go"),
]
