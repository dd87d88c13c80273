"""Every URL of the product on one screen."""

from __future__ import annotations

from django.urls import include, path

handler400 = "handsel.web.errors.bad_request"
handler404 = "handsel.web.errors.not_found"
handler500 = "handsel.web.errors.server_error"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
