"""Pages of the lab; each file holds one subject, this one mounts them."""

from yunzhang.governance.lab.pages import builder, calibration, experiments, findings

app_name = "lab"
urlpatterns = [*experiments.urlpatterns, *builder.urlpatterns, *findings.urlpatterns, *calibration.urlpatterns]
__all__ = ["app_name", "urlpatterns"]
