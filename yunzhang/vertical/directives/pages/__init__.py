"""Doors of 交办: the issue form, the document, the matter, and the acts on it."""

from django.urls import path

from yunzhang.vertical.directives.pages import acts, issue, matter

app_name = "directives"
urlpatterns = [
    path("new", issue.show_form, name="new"),
    path("issue", issue.issue, name="issue"),
    path("sign", acts.sign, name="sign"),
    path("accept", acts.accept, name="accept"),
    path("<uuid:directive>", matter.show_directive, name="subject"),
    path("matters/<uuid:loop>", matter.show_matter, name="matter"),
    path("matters/<uuid:loop>/split", matter.show_split, name="split"),
    path("matters/<uuid:loop>/parts", acts.split, name="parts"),
    path("matters/<uuid:loop>/report", acts.report, name="report"),
    path("matters/<uuid:loop>/answer", acts.answer, name="answer"),
    path("matters/<uuid:loop>/return", acts.send_back, name="return"),
    path("matters/<uuid:loop>/extend", acts.extend, name="extend"),
    path("matters/<uuid:loop>/object", acts.object_to, name="object"),
    path("matters/<uuid:loop>/withdraw", acts.withdraw, name="withdraw"),
    path("matters/<uuid:loop>/strike-off", acts.strike_off, name="strike_off"),
    path("asks/<uuid:ask>/decide", acts.decide, name="decide"),
]
