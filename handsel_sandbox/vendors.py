"""A vendor to try activations on: it answers as its path says, and knows nothing of what is activated.

`done` · `failed` · `failed_first` (fails the first time an activation is told, then does it) · `later` (begins, and has
done it when it is asked for the fourth time). `?reason=` is what a failure says. What it was told is not kept.
"""

from __future__ import annotations

from collections import Counter

from aiohttp import web

from handsel_sandbox.errors import Json

TIMES_LATER = 3
_REASON = "The vendor's system did not accept the account."


def add_routes(application: web.Application) -> None:
    application.router.add_post("/_test/vendors/{answer}", _Vendor().told)


class _Vendor:
    def __init__(self) -> None:
        self._told: Counter[str] = Counter()

    async def told(self, request: web.Request) -> web.Response:
        answer, activation = request.match_info["answer"], request.headers.get("webhook-id", "")
        await request.read()
        self._told[activation] += 1
        failed: Json = {"status": "failed", "reason": request.query.get("reason", _REASON)}
        match answer:
            case "done":
                return web.json_response({"status": "done"})
            case "failed":
                return web.json_response(failed)
            case "failed_first":
                return web.json_response(failed if self._told[activation] == 1 else {"status": "done"})
            case "later":
                under_way = self._told[activation] <= TIMES_LATER
                return web.json_response({"status": "later" if under_way else "done"})
            case _:
                raise web.HTTPNotFound
