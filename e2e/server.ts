import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long an empty machine may take to fill the demo before the tests give up. */
const PATIENCE_MS = 180_000;

/** A server of this run. */
interface Server {
  url: string;
  /** Its own folder, gone when it stops. */
  folder: string;
  stop: () => Promise<void>;
}

/**
 * Starts two servers for the whole run, each on a free port and an empty data folder, and stops them at the end: a
 * filled demo that the journeys share (PORTICO_URL, and who is there in PORTICO_DEMO), and an empty installation
 * that is set up by them (PORTICO_EMPTY_URL). Whoever sets these beforehand tests servers of their own.
 */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PORTICO_URL) return undefined;
  mkdirSync("test-results", { recursive: true });
  const starting = [
    serve("demo", (port, folder) => ["demo", "--port", `${port}`, "--links-json", linksFile(folder)]),
    serve("empty", (port) => ["serve", "--listen", `127.0.0.1:${port}`, "--public-url", `http://localhost:${port}`]),
  ] as const;
  const stop = async () => {
    const started = (await Promise.allSettled(starting)).filter((one) => one.status === "fulfilled");
    await Promise.all(started.map((one) => one.value.stop()));
  };
  try {
    const [demo, empty] = await Promise.all(starting);
    process.env.PORTICO_DEMO = readFileSync(linksFile(demo.folder), "utf8");
    process.env.PORTICO_URL = demo.url;
    process.env.PORTICO_EMPTY_URL = empty.url;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function linksFile(folder: string): string {
  return join(folder, "links.json");
}

async function serve(name: string, command: (port: number, folder: string) => string[]): Promise<Server> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const folder = mkdtempSync(join(tmpdir(), `portico-e2e-${name}-`));
  // Root's PostgreSQL runs as somebody else, who has to get through to the data.
  chmodSync(folder, 0o711);
  const log = createWriteStream(`test-results/${name}.log`);
  const server = spawn(binary(), [...command(port, folder), "--data-dir", join(folder, "data")], {
    stdio: ["ignore", "pipe", "pipe"],
    // All journeys come from one address, more of them in a minute than people would.
    env: { ...withoutSettings(process.env), PORTICO_RATE_LIMIT: "100000", PORTICO_AUTH_RATE_LIMIT: "100000" },
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      output += bytes.toString();
      log.write(bytes);
    });
  }
  const stop = async () => {
    await stopped(server);
    log.end();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw new Error(`${name}: ${String(error)}\nIts last words:\n${output.slice(-2000)}`);
  }
  return { url, folder, stop };
}

function binary(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(process.env.CARGO_TARGET_DIR ?? join(cache, "portico", "target"), "debug", "portico");
}

/** What the developer's shell says of a server is about another one. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PORTICO_|(MIGRATION_)?DATABASE_URL$)/.test(name)),
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  server.once("error", (error) => (failure = error));
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(200)) {
    if (failure) throw new Error(`the server did not start: ${failure.message} (build it: just build)`);
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
  }
  throw new Error(`the server was not ready after ${PATIENCE_MS / 1000} s`);
}

async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = new Promise<boolean>((resolve) => server.once("exit", () => resolve(true)));
  server.kill("SIGTERM");
  if (await Promise.race([ended, sleep(15_000, false)])) return;
  server.kill("SIGKILL");
  throw new Error("the server did not stop within 15 s of SIGTERM");
}
