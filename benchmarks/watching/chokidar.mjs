// chokidar as a process that says what it has noticed: node chokidar.mjs DROP POLL_SECONDS(0 = events)
import { createRequire } from "node:module";
import path from "node:path";
const { watch } = await import(createRequire(process.cwd() + "/").resolve("chokidar"));
const [drop, seconds] = process.argv.slice(2);
const say = (word, file) =>
  process.stdout.write(`${word} ${(Number(process.hrtime.bigint()) / 1e9).toFixed(4)} ` +
    `${Buffer.from(file).toString("hex")}\n`);
watch(drop, { ignoreInitial: true, usePolling: Number(seconds) > 0, interval: seconds * 1000 })
  .on("add", (file) => say("noticed", path.relative(drop, file)))
  .on("ready", () => say("ready", ""));
