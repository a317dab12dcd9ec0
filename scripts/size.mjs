// What a browser fetches before an application's first page shows: html, script, wasm and styles, brotli-compressed; and what it
// fetches later, with the pages that need it.
//
//   node scripts/size.mjs            print it for both applications
//   node scripts/size.mjs --check    and fail when one with a budget is over it
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const budgets = { portal: 350_000, console: undefined };
const dist = new URL("../frontend/dist/", import.meta.url).pathname;
const counted = /\.(html|js|mjs|wasm|css)$/;

const compressed = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;

/** index.html, and whatever is named by it or by something so found; but for what the list of parts names (scripts/split). */
function firstLoad(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => counted.test(name));
  const found = new Set(["index.html"]);
  for (const name of found) {
    if (name.endsWith(".wasm") || name.endsWith("-parts.js")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    for (const other of files) if (text.includes(basename(other))) found.add(other);
  }
  return { first: [...found], later: files.filter((name) => !found.has(name)) };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
let over = false;
for (const [app, budget] of Object.entries(budgets)) {
  const folder = join(dist, app);
  if (!existsSync(join(folder, "index.html"))) {
    console.error(`size: the ${app} is not built: run \`just web\``);
    process.exit(1);
  }
  let [raw, small] = [0, 0];
  const { first, later } = firstLoad(folder);
  for (const name of [...first, ...later]) {
    const bytes = readFileSync(join(folder, name));
    const size = compressed(bytes);
    console.log(`  ${kilobytes(bytes.length)} ${kilobytes(size)}  ${name}${later.includes(name) ? " (later)" : ""}`);
    if (later.includes(name)) continue;
    raw += bytes.length;
    small += size;
  }
  const verdict = budget ? `, ${small > budget ? "OVER" : "within"} its budget of ${budget / 1000} kB` : "";
  console.log(`${app}: ${kilobytes(small).trim()} first load (brotli; ${kilobytes(raw).trim()} raw)${verdict}`);
  over ||= budget !== undefined && small > budget;
}
if (over && process.argv.includes("--check")) process.exit(1);
