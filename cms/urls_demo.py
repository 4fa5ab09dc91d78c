"""Addresses that only the demo has."""

from django.urls import path

from network.web.mailbox import mailbox

urlpatterns = [
    path("mail/", mailbox, name="demo_mailbox"),
]
