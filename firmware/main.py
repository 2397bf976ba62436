from pinlamp import start  # darkens the strip, so it comes first
from asyncio import run
start.forever(run)
