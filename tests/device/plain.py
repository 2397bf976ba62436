"""Runs the plain test functions of the modules named on the command line, under MicroPython.

MicroPython has no pytest; tests that do not import it run unchanged. Prints a line for each test
and ends with status 1 if one fails.
"""

import sys

failed = 0
for name in sys.argv[1:]:
    module = __import__(name)
    for test in sorted(dir(module)):
        if not test.startswith("test_"):
            continue
        try:
            getattr(module, test)()
            print("ok", name, test)
        except Exception as error:  # show every failure
            failed += 1
            print("FAILED", name, test)
            sys.print_exception(error)
sys.exit(1 if failed else 0)
