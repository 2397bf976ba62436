metadata(
    description="Pinlamp's firmware: a light for every PIN of a My Number Card.",
    version="0.1.0",
    license="MIT",
)

include("../lib/pn532")
include("../lib/mynacard")
include("../lib/pasori")  # for a board with an RC-S660/S
package("pinlamp")
