metadata(
    description="Sony's readers RC-S660/S, RC-S300 and RC-S380: messages, errors, drivers.",
    version="0.1.0",
    license="MIT",
)

package("pasori")
