"""On the board: asyncio waits as on an ESP32."""
