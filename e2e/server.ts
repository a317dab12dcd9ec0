import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long an empty machine may take to fill the demo before the tests give up. */
const PATIENCE_MS = 180_000;

/**
 * Start one demo server for the whole run, on a free port and an empty data folder, and stop it at the end.
 * Tests find it by PORTICO_URL; whoever sets that beforehand tests a server of their own.
 */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PORTICO_URL) return undefined;

  const port = await freePort();
  const url = `http://localhost:${port}`;
  const data = mkdtempSync(join(tmpdir(), "portico-e2e-"));
  mkdirSync("test-results", { recursive: true });
  const log = createWriteStream("test-results/server.log");

  const server = spawn(binary(), ["demo", "--port", String(port), "--data-dir", data], {
    stdio: ["ignore", "pipe", "pipe"],
    env: withoutSettings(process.env),
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
    rmSync(data, { recursive: true, force: true });
  };

  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\nIts last words:\n${output.slice(-2000)}`);
  }
  process.env.PORTICO_URL = url;
  return stop;
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
