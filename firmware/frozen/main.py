import sys

sys.path[:] = [".frozen"]  # nothing in a file system takes the place of what is frozen
from os import chdir

chdir("/a")  # board.json and the settings, where `pinlamp image` puts them
from pinlamp import start
from asyncio import run
start.forever(run)
