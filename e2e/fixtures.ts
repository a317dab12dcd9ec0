import {
  expect,
  test as base,
  type APIRequestContext,
  type APIResponse,
  type Browser,
  type BrowserContext,
  type ConsoleMessage,
  type Page,
} from "@playwright/test";
import { workshop, type Member, type Organization } from "./demo.ts";
import { linkIn, Mailbox, Office } from "./office.ts";
import { followSignInLink } from "./steps.ts";

interface Fixtures {
  /** What browsers complained about; a test that ends with something in here fails. */
  complaints: string[];
  /** Opens a browser of somebody else: nothing is shared with `page` but the size of the screen. */
  visitor: () => Promise<Page>;
  /** Signs a member in, so that `page` may open the console. */
  signInMember: (member: Member) => Promise<void>;
  /** Signs a contact in by the link in their mail. */
  signInContact: (page: Page, organization: Organization, email: string) => Promise<void>;
  /** What an organization's owner can do beside the page, to set the scene and to check the books. */
  officeOf: (organization: Organization) => Promise<Office>;
  /** That of the workshop. */
  office: Office;
  /** Mail that was kept for the workshop. */
  mailbox: Mailbox;
}

export const test = base.extend<Fixtures>({
  // Playwright reads its configuration before the server has an address.
  baseURL: async ({}, use) => use(process.env.PORTICO_URL),

  complaints: [
    async ({}, use) => {
      const complaints: string[] = [];
      await use(complaints);
      expect(complaints, "what the browser complained about").toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, complaints }, use) => {
    await listen(context, complaints);
    await use(context);
  },

  visitor: async ({ browser, complaints }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await somebodyElse(browser, complaints);
      opened.push(context);
      return context.newPage();
    });
    await Promise.all(opened.map((context) => context.close()));
  },

  signInMember: async ({ page, baseURL }, use) => use((member) => signIn(page.request, baseURL, member)),

  signInContact: async ({ officeOf }, use) =>
    use(async (page, organization, email) => {
      const mailbox = new Mailbox(await officeOf(organization));
      const seen = await mailbox.seen(email);
      await page.goto(`/${organization.slug}/sign-in`);
      await page.getByLabel("E-mail").fill(email);
      await page.getByRole("button", { name: "Send sign-in link" }).click();
      await followSignInLink(page, linkIn(await mailbox.find(email, SIGN_IN_LINK, seen)));
      await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    }),

  officeOf: async ({ playwright, baseURL }, use) => {
    const opened: APIRequestContext[] = [];
    await use(async ({ owner }) => {
      const api = await playwright.request.newContext({ baseURL });
      opened.push(api);
      await signIn(api, baseURL, owner);
      return new Office(api, baseURL ?? "");
    });
    await Promise.all(opened.map((api) => api.dispose()));
  },

  office: async ({ officeOf }, use) => use(await officeOf(workshop())),

  mailbox: async ({ office }, use) => use(new Mailbox(office)),
});
export { expect };

/** The subject of the mail that lets a contact in. */
export const SIGN_IN_LINK = /sign-in link/;

/** An address that nobody had before, so that journeys don't meet. */
export function freshAddress(name: string): string {
  return `${name}.${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}@journey.example`;
}

async function somebodyElse(browser: Browser, complaints: string[]): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: process.env.PORTICO_URL });
  await listen(context, complaints);
  return context;
}

async function listen(context: BrowserContext, complaints: string[]): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`refused by the page's policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() === "error" && !isRefusal(message)) {
      complaints.push(`${message.page()?.url()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("weberror", (error) => complaints.push(`${error.page()?.url()}: ${error.error()}`));
}

/** Chromium notes every refusal of the API, and of addresses where nothing is, as an error; the pages tell it people. */
function isRefusal(message: ConsoleMessage): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d /.test(message.text());
}

async function signIn(api: APIRequestContext, baseURL: string | undefined, member: Member): Promise<void> {
  // A browser would name its origin, and the server insists on it.
  const answer = await ok(
    await api.post("/api/v1/auth/console/sessions", { data: member, headers: { Origin: baseURL ?? "" } }),
  );
  expect(await answer.json()).toEqual({ step: "signed_in" });
}

async function ok(answer: APIResponse): Promise<APIResponse> {
  if (!answer.ok()) throw new Error(`${answer.url()} answered ${answer.status()}: ${await answer.text()}`);
  return answer;
}
