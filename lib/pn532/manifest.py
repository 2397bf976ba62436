metadata(
    description="PN532 driver: asyncio, Type A, B and F, HSU, I2C and SPI.",
    version="0.1.0",
    license="MIT",
)

package("pn532")
