import { execFileSync } from "node:child_process";
import { defineConfig, devices } from "@playwright/test";

/** The system's browser: Playwright's own downloads are neither needed nor wanted. */
function chromium(): string {
  return process.env.CHROMIUM ?? execFileSync("sh", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" }).trim();
}

export default defineConfig({
  testDir: "tests",
  globalSetup: "./server.ts",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A test that passes the second time has a fault, in itself or in the product.
  retries: 0,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  use: {
    trace: "retain-on-failure",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "desk", use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } } },
    // The journeys that people make with one thumb.
    {
      name: "phone",
      grep: /@phone/,
      use: { ...devices["Pixel 7"], viewport: { width: 360, height: 740 } },
    },
  ],
});
