import { expect, test as base, type APIRequestContext, type APIResponse, type Page } from "@playwright/test";

/** A member's way in. */
export interface Member {
  email: string;
  password: string;
}

/** A contact's way in: there is no password, only mail. */
export interface Contact {
  organization: string;
  email: string;
}

/** What the console's mailbox keeps of a mail (`GET /mails/{id}`). */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  links: string[];
}

interface Fixtures {
  /** Signs a member in, so that `page` may open the console. */
  signInMember: (member: Member) => Promise<void>;
  /** Signs a contact in by the link in their mail, read in a member's mailbox. */
  signInContact: (contact: Contact, reader: Member) => Promise<void>;
  /** The mailbox of a member's organization, read beside the page. */
  mailbox: (reader: Member) => Promise<Mailbox>;
}

/** Mail that the server kept because no mail server is set up. */
export class Mailbox {
  readonly #api: APIRequestContext;

  constructor(api: APIRequestContext) {
    this.#api = api;
  }

  /** The ids of the mails to an address at this moment, to tell later ones from. */
  async seen(to: string): Promise<Set<string>> {
    return new Set((await this.#list(to)).map((mail) => mail.id));
  }

  /** Waits for a mail to an address that isn't among those seen: mail is a job, written soon after its cause. */
  async next(to: string, seen = new Set<string>()): Promise<Mail> {
    let id: string | undefined;
    await expect
      .poll(async () => (id = (await this.#list(to)).find((mail) => !seen.has(mail.id))?.id), {
        message: `a new mail to ${to}`,
        timeout: 15_000,
      })
      .toBeDefined();
    return (await ok(await this.#api.get(`/api/v1/mails/${id}`))).json() as Promise<Mail>;
  }

  async #list(to: string): Promise<Omit<Mail, "text" | "links">[]> {
    const page = (await (await ok(await this.#api.get("/api/v1/mails", { params: { q: to } }))).json()) as {
      items: Omit<Mail, "text" | "links">[];
    };
    return page.items.filter((mail) => mail.to === to);
  }
}

export const test = base.extend<Fixtures>({
  // Playwright reads its configuration before the server has an address.
  baseURL: async ({}, use) => use(process.env.PORTICO_URL),

  signInMember: async ({ page, baseURL }, use) => use((member) => startSession(page.request, baseURL, member)),

  mailbox: async ({ playwright, baseURL }, use) => {
    const opened: APIRequestContext[] = [];
    await use(async (reader) => {
      const api = await playwright.request.newContext({ baseURL });
      opened.push(api);
      await startSession(api, baseURL, reader);
      return new Mailbox(api);
    });
    await Promise.all(opened.map((api) => api.dispose()));
  },

  signInContact: async ({ page, mailbox, baseURL }, use) =>
    use(async ({ organization, email }, reader) => {
      const mails = await mailbox(reader);
      const seen = await mails.seen(email);
      await post(page.request, baseURL, "/api/v1/auth/portal/links", { organization, email });
      await followSignInLink(page, await mails.next(email, seen));
    }),
});
export { expect };

/** Opens the link of a sign-in mail and presses its button: opening alone must sign nobody in. */
export async function followSignInLink(page: Page, mail: Mail): Promise<void> {
  const link = mail.links[0];
  if (link === undefined) throw new Error(`no link in the mail “${mail.subject}”`);
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.href !== link);
}

async function startSession(api: APIRequestContext, baseURL: string | undefined, member: Member): Promise<void> {
  const answer = await post(api, baseURL, "/api/v1/auth/console/sessions", member);
  expect(await answer.json()).toEqual({ step: "signed_in" });
}

/** A browser would name its origin, and the server insists on it. */
async function post(api: APIRequestContext, baseURL: string | undefined, path: string, data: object): Promise<APIResponse> {
  return ok(await api.post(path, { data, headers: { Origin: baseURL ?? "" } }));
}

async function ok(answer: APIResponse): Promise<APIResponse> {
  if (!answer.ok()) throw new Error(`${answer.url()} answered ${answer.status()}: ${await answer.text()}`);
  return answer;
}
