metadata(
    description="The PINs of a My Number Card, asked for without presenting one. No I/O.",
    version="0.1.0",
    license="MIT",
)

package("mynacard")
