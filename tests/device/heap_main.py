"""The firmware, telling after each card how much of its heap is in use: `heap <bytes>`."""

import asyncio
import gc

from pinlamp import start


class Heap:
    """Wraps the console's events: the heap is collected and told when a card is gone."""

    def __init__(self, events):
        """`events`: `pinlamp.events.Events`."""
        self._events = events

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
    events.Events = lambda on: Heap(make(on))
    await start.main()


asyncio.run(main())
