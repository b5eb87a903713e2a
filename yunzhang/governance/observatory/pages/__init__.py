"""Pages of the observatory; each file holds one subject, this one mounts them."""

from yunzhang.governance.observatory.pages import standing, why

app_name = "observatory"
urlpatterns = [*standing.urlpatterns, *why.urlpatterns]
__all__ = ["app_name", "urlpatterns"]
