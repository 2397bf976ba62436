metadata(
    description="Readers of Sony's Port-400 family (RC-S660/S): messages, errors. No I/O.",
    version="0.1.0",
    license="MIT",
)

package("pasori")
