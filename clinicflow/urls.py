"""Every address, by the app that owns the rows behind it."""

urlpatterns: list[object] = []
