// The worker in which the device runs: see device.js and simulator.py.
import { python } from "./python.js";

let mp;
let down = false;
const waiting = []; // calls that came before MicroPython was ready

const tell = (...message) => postMessage(message);

function call(name, argument) {
  mp.runPython(`simulator.${name}(${argument === undefined ? "" : JSON.stringify(argument)})`);
}

async function start(files, wasReset) {
  const made = await python(files, (line) => tell("line", line));
  made.registerJsModule("page", {
    pixels: (hex) => tell("pixels", hex),
    tone: (hz) => tell("tone", hz),
    exchange: (command, answer, presented) => tell("exchange", command, answer, presented),
    button: () => down,
    seed: () => 1 + Math.floor(Math.random() * 0x3fffffff),
    was_reset: () => wasReset,
    reset: () => tell("reset"),
  });
  made.runPython("import simulator");
  mp = made;
  waiting.splice(0).forEach(([name, argument]) => call(name, argument));
  mp.runPythonAsync("await simulator.main()").catch((error) => tell("failed", String(error.message)));
}

addEventListener("message", ({ data: [what, ...given] }) => {
  if (what === "start") start(...given).catch((error) => tell("failed", String(error)));
  else if (what === "press") [down] = given;
  else if (mp) call(...given);
  else waiting.push(given);
});
