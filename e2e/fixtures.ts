import { test as base } from "@playwright/test";

export const test = base.extend({
  // Playwright reads its configuration before the server has an address.
  baseURL: async ({}, use) => use(process.env.PORTICO_URL),
});
export { expect } from "@playwright/test";
