"""The firmware; after each card it tells the used bytes of its heap: `heap <bytes>`."""

import asyncio
import gc

from pinlamp import start


class Heap:
    """Wraps the console's events; when a card is gone, collects the heap and tells it."""

    def __init__(self, events):
        """`events`: `pinlamp.events.Events`."""
        self._events = events
        self.beat = events.beat

    def tell(self, event):
        """Tell the event, then the heap."""
        self._events.tell(event)
        if event["type"] == "removed":
            gc.collect()
            print("heap", gc.mem_alloc())


async def main():
    """Start as the firmware does, with the events wrapped."""
    from pinlamp import events

    make = events.Events
    events.Events = lambda *given: Heap(make(*given))
    await start.main()


asyncio.run(main())
