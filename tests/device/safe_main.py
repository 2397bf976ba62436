"""The firmware after three crashes in a row, as its flash remembers them."""

import asyncio

with open("crashes", "w") as file:
    file.write("3")

from pinlamp import start

asyncio.run(start.main())
