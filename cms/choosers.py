"""How editors pick an organisation in a block."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from network.backoffice.name_lists import OrganisationList


class OrganisationChooseView(OrganisationList, chooser.ChooseView):
    """The dialog."""


class OrganisationChooseResultsView(OrganisationList, chooser.ChooseResultsView):
    """Its list alone."""


class OrganisationChooserViewSet(ChooserViewSet):
    """The same list as in the forms of events, for those who edit pages; they add no organisations."""

    model = "network.Organisation"
    icon = "group"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Edit this organisation")
    choose_view_class = OrganisationChooseView
    choose_results_view_class = OrganisationChooseResultsView
    register_widget = False


organisations = OrganisationChooserViewSet("choose_organisation")
OrganisationChooserBlock: Any = organisations.get_block_class(
    name="OrganisationChooserBlock", module_path="cms.choosers"
)
