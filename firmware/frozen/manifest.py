# A MicroPython for a Pico W with Pinlamp in it, sealed: `make frozen`. MicroPython runs a frozen
# boot.py and main.py before any in the file system (pyexec_file_if_exists).
include("$(BOARD_DIR)/manifest.py")
include("../manifest.py")
module("boot.py", base_path=".")
module("main.py", base_path=".")
