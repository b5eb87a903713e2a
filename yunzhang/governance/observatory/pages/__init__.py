"""Pages of the observatory; each file holds one subject, this one mounts them."""

from yunzhang.governance.observatory.pages import change, papers, proposals, rhythm, standing, studies, suggestions, why

app_name = "observatory"
urlpatterns = [
    *change.urlpatterns,
    *papers.urlpatterns,
    *proposals.urlpatterns,
    *rhythm.urlpatterns,
    *standing.urlpatterns,
    *studies.urlpatterns,
    *suggestions.urlpatterns,
    *why.urlpatterns,
]
__all__ = ["app_name", "urlpatterns"]
