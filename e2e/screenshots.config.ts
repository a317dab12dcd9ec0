import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

/** `just screenshots …`: pictures rather than tests, so the journeys' run never takes them. */
export default defineConfig({
  ...journeys,
  testDir: ".",
  testMatch: "screenshots.ts",
  projects: [{ name: "pictures" }],
});
