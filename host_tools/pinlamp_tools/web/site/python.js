// MicroPython for WebAssembly, with files in it. It keeps globals: one for each page or worker.
import { loadMicroPython } from "./micropython.mjs";

const HEAP = 4 * 1024 * 1024;

// MicroPython's ticks are Date.now(). A person or a time server sets that back or on, and a wait would
// last as long; so it only counts on from here. The day comes from `new Date()`, which stays.
const began = Date.now() - performance.now();
Date.now = () => Math.floor(began + performance.now());

export async function python(files, stdout) {
  const mp = await loadMicroPython({ heapsize: HEAP, linebuffer: true, stdout });
  put(mp, files);
  mp.runPython("import sys; sys.path[:] = ['/', '.frozen']");
  return mp;
}

// Puts more files into it.
export function put(mp, files) {
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split("/").slice(0, -1);
    for (let i = 1; i <= parts.length; i++) {
      const folder = "/" + parts.slice(0, i).join("/");
      try { mp.FS.mkdir(folder); } catch { /* it is there */ }
    }
    mp.FS.writeFile("/" + path, text);
  }
}
