"""What `Repl` has a device define: MicroPython code, each a function."""

from __future__ import annotations

import hashlib

# _run(code,sum) runs code whose hash begins with `sum`: a byte lost on the way could make a path
# another one. LOST is its error, NOT_HEARD what a user is told then.
LOST = "ValueError: lost"
NOT_HEARD = "the device was not told everything: try again, with a short cable"
GUARD = """
def _run(code,sum):
 import hashlib
 if hashlib.sha256(code).digest()[:8]!=sum:raise ValueError('lost')
 exec(code,globals())
"""

# _walk(top) prints a line for each file (its hash and path) and for each folder (its path); at
# last how many they are, and the hash of them all, each with a line end. Nothing there: none.
# Paths are bytes, in hexadecimal, since MicroPython shows several names alike: overlong UTF-8.
LISTING = """
def _walk(top):
 import os,hashlib
 hx=lambda d:''.join(['%02x'%c for c in d])
 n=0;al=hashlib.sha256();buf=bytearray(256);todo=[top]
 try:os.stat(top)
 except OSError:todo=[]
 while todo:
  path=todo.pop();d=''
  if os.stat(path)[0]==0x4000:
   for entry in os.ilistdir(path):
    name=entry[0]  # of some file systems a str
    todo.append(path+b'/'+(name if isinstance(name,bytes)else name.encode()))
  else:
   h=hashlib.sha256()
   with open(path,'rb') as f:
    while True:
     m=f.readinto(buf)
     if not m:break
     h.update(memoryview(buf)[:m])
   d=hx(h.digest())
  d+=' '+hx(path)
  print(d)
  n+=1;al.update((d+'\\n').encode())
 print(n,hx(al.digest()))
"""

# _copy(a,b) copies a file.
COPY = """
def _copy(a,b):
 buf=bytearray(256)
 with open(a,'rb') as f,open(b,'wb') as g:
  while True:
   n=f.readinto(buf)
   if not n:break
   g.write(memoryview(buf)[:n])
"""

# _read(path,most) prints a file in hexadecimal, then "=" and its hash; "+" and its size if it has
# more than `most` bytes; "- none" without one.
READ = """
def _read(path,most):
 import os,hashlib
 hx=lambda d:''.join(['%02x'%c for c in d])
 h=hashlib.sha256()
 try:
  with open(path,'rb') as f:
   z=f.seek(0,2);f.seek(0)
   if z>most:print('+',z);return
   while True:
    d=f.read(128)
    if not d:break
    h.update(d);print(hx(d))
  print('=',hx(h.digest()))
 except OSError as e:
  # Of these a file that is there may be the cause: EIO, ENOMEM, LittleFS's "corrupt".
  if e.errno in(5,12,84):raise
  print('- none')
"""

# _tell(text) prints a text of one line, then its hash.
TELL = """
def _tell(text):
 import hashlib
 print(text);print(''.join(['%02x'%c for c in hashlib.sha256(text.encode()).digest()]))
"""


def guarded(code: str) -> str:
    """Return the code that has `_run` run `code`."""
    said = code.encode()
    return f"_run({said!r},{hashlib.sha256(said).digest()[:8]!r})"


def path_of(digits: str) -> str:
    """Return a path that a device has told in hexadecimal. Raises ValueError."""
    return bytes.fromhex(digits).decode("utf-8", "surrogateescape")


def encoded(path: str) -> bytes:
    """Return a path as its device has it."""
    return path.encode("utf-8", "surrogateescape")
