metadata(
    description="The reader's side of ISO/IEC 14443-4: blocks, chaining, repeats. No I/O.",
    version="0.1.0",
    license="MIT",
)

package("isodep")
