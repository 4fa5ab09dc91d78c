"""How editors pick an organisation in a block."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet


class OrganisationChooserViewSet(ChooserViewSet):
    """A list of organisations to choose from; only blocks use it, forms keep their own fields."""

    model = "network.Organisation"
    icon = "group"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Edit this organisation")
    register_widget = False


organisations = OrganisationChooserViewSet("choose_organisation")
OrganisationChooserBlock: Any = organisations.get_block_class(
    name="OrganisationChooserBlock", module_path="cms.choosers"
)
