"""Files and feeds of the programme, one address for all languages."""

urlpatterns: list = []
