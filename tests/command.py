"""The `pinlamp` command, for a test whose device lives in the same event loop."""

import asyncio
import os
import sys


async def pinlamp(*arguments):
    """Run the command; return (exit status, standard output, standard error)."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pinlamp_tools", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()
