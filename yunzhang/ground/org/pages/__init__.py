"""Doors of 机构: the browser as of a day, the picker, the chiefs wall, the editor's forms, and those of posts."""

from django.urls import path

from yunzhang.ground.org.pages import browse, chiefs, edit, posts, register

app_name = "org"
urlpatterns = [
    *posts.urlpatterns,
    path("", browse.show_unit, name="browse"),
    path("units/<int:unit>", browse.show_unit, name="unit"),
    path("register", register.show_register, name="register"),
    path("pick", browse.pick, name="pick"),
    path("subjects/<uuid:subject>", browse.show_subject, name="subject"),
    path("chiefs", chiefs.show_wall, name="chiefs"),
    path("chiefs/<int:place>", chiefs.show_wall, name="chiefs_of"),
    path("units/<int:unit>/edit", edit.show_forms, name="edit"),
    path("units/<int:unit>/rename", edit.rename, name="rename"),
    path("units/<int:unit>/move", edit.move, name="move"),
    path("units/<int:unit>/order", edit.reorder, name="reorder"),
    path("units/<int:unit>/retire", edit.retire, name="retire"),
    path("units/<int:unit>/add", edit.add, name="add"),
    path("units/<int:unit>/guidance", edit.guide, name="guide"),
    path("units/<int:unit>/guidance/end", edit.end_guide, name="end_guide"),
]
