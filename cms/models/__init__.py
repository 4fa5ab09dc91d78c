"""Page types and menus: text and navigation only; everything with a workflow lives on lower floors."""

from cms.models.events import EventFrontPage
from cms.models.home import HomePage
from cms.models.menus import Menu, MenuItem, MenuPlace
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.partners import PartnersPage
from cms.models.standard import StandardPage

__all__ = [
    "EventFrontPage",
    "HomePage",
    "Menu",
    "MenuItem",
    "MenuPlace",
    "NewsIndexPage",
    "NewsPage",
    "PartnersPage",
    "StandardPage",
]
