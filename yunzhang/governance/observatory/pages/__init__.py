"""Pages of the observatory; each file holds one subject, this one mounts them."""

from yunzhang.governance.observatory.pages import proposals, standing, suggestions, why

app_name = "observatory"
urlpatterns = [
    *standing.urlpatterns,
    *why.urlpatterns,
    *suggestions.urlpatterns,
    *proposals.urlpatterns,
]
__all__ = ["app_name", "urlpatterns"]
