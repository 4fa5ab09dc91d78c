"""Pages of the programme, one address per language."""

urlpatterns: list = []
