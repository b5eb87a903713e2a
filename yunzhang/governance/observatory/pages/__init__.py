"""Pages of the observatory; each file holds one subject, this one mounts them."""

from yunzhang.governance.observatory.pages.standing import urlpatterns

app_name = "observatory"
__all__ = ["app_name", "urlpatterns"]
