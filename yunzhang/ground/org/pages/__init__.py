"""Pages of the organisation; each file holds one subject, this one mounts them."""

from yunzhang.ground.org.pages import posts

app_name = "org"
urlpatterns = [*posts.urlpatterns]
