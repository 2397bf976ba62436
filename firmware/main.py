from pinlamp import start; start.dark()  # noqa: E702 - the strip first, whatever follows
import asyncio  # noqa: E402
asyncio.run(start.main())
