"""The firmware with a fault in it: the application crashes as soon as it serves."""

from asyncio import run

from pinlamp import start


async def _crash(self):
    raise ValueError("on purpose")


async def main():
    """Start as the firmware does, with the application spoilt."""
    from pinlamp.app import App

    App.serve = _crash
    await start.main()


run(main())
