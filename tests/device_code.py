"""Code that a device would run, on files in memory: for what stands in for a Repl.

It is only for code that means the same in Python; how MicroPython reads JSON, a pretend device
shows.
"""

import io


def run(code, files):
    """Run `code`; its file system are the `files`, by their paths. Return what it prints."""

    def opened(path, mode):
        if files.get(path) is None:
            raise OSError(2, path)
        return io.BytesIO(files[path])

    said = io.StringIO()
    exec(code, {"open": opened, "print": said.write, "_tell": said.write})
    return said.getvalue().encode()


class Files:
    """What stands in for a Repl: a device whose `files`, by their paths, are in memory."""

    def __init__(self, files, home=""):
        self.files = files
        self._home = home

    def home(self):
        return self._home

    def read(self, path):
        return self.files.get(path)

    def run(self, code, what):
        return run(code, self.files)

    def told(self, code, what):
        return run(code, self.files).decode()
