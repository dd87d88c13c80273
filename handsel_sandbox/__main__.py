"""`python -m handsel_sandbox --data DIR`: one process, one ready line, a clean stop on SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence

from aiohttp import web

from handsel_sandbox.config import Config, read_config
from handsel_sandbox.server import Server


async def serve(config: Config) -> None:
    """Run until SIGINT or SIGTERM."""
    server = Server(config)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, config.host, config.port, backlog=512)
    await site.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    host, port = runner.addresses[0][:2]
    print(f"sandbox gateway ready on http://{host}:{port}", flush=True)  # noqa: T201 (callers wait for this line)
    await stop.wait()
    await runner.cleanup()


def main(arguments: Sequence[str] | None = None) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    asyncio.run(serve(read_config(arguments)))


if __name__ == "__main__":
    main()
