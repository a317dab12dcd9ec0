import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext } from "@playwright/test";

/** An amount in the currency's smallest unit. */
export interface Money {
  amount: number;
  currency: string;
}

/** A client with its only contact. */
export interface Client {
  id: string;
  name: string;
  contacts: { id: string; name: string; email: string }[];
}

/** An invoice, as far as the journeys look at it. */
export interface Invoice {
  id: string;
  number: string | null;
  status: string;
  balance: Money;
  paid: Money;
  totals: { gross: Money };
  version: number;
}

/** An invoice that comes again, as far as the journeys look at it. */
export interface Recurring {
  id: string;
  name: string;
  version: number;
}

const recurring = (client: Client, name: string, price: string, starts_on: string) => ({
  name,
  client_id: client.id,
  schedule: { rhythm: { every: 1, unit: "month" }, starts_on },
  lines: [{ description: name, quantity: "1", unit_price: price }],
});

/** What the console's mailbox keeps of a mail (`GET /mails/{id}`). */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  links: string[];
}

/** Calls of the API by a member who is signed in: what a journey needs to be there, and what it left in the books. */
export class Office {
  readonly #api: APIRequestContext;
  readonly #origin: string;

  constructor(api: APIRequestContext, origin: string) {
    this.#api = api;
    this.#origin = origin;
  }

  async get<T>(path: string, params: Record<string, string> = {}): Promise<T> {
    const answer = await this.#api.get(`/api/v1${path}`, { params });
    if (!answer.ok()) throw new Error(`GET ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.json() as Promise<T>;
  }

  async #post<T>(path: string, data: object, version?: number): Promise<T> {
    const headers: Record<string, string> = { Origin: this.#origin, "Idempotency-Key": randomUUID() };
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    const answer = await this.#api.post(`/api/v1${path}`, { data, headers });
    if (!answer.ok()) throw new Error(`POST ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.json() as Promise<T>;
  }

  /** A new client with one contact who may sign in. */
  client(name: string, contact: { name: string; email: string }): Promise<Client> {
    return this.#post("/clients", { name, contact: { ...contact, primary: true, portal_access: true } });
  }

  /** A draft of one line. */
  draft(client: Client, description: string, price: string): Promise<Invoice> {
    const lines = [{ description, quantity: "1", unit_price: price }];
    return this.#post("/invoices", { client_id: client.id, lines });
  }

  /** An invoice of one line, sent to all contacts. */
  async invoice(client: Client, description: string, price: string): Promise<Invoice> {
    const draft = await this.draft(client, description, price);
    return this.#post(`/invoices/${draft.id}/send`, {}, draft.version);
  }

  /** A quote as it is written, sent to all contacts. */
  async quote(client: Client, content: object): Promise<{ id: string; number: string | null }> {
    const draft = await this.#post<{ id: string; version: number }>("/quotes", { client_id: client.id, price_mode: "exclusive", content });
    return this.#post(`/quotes/${draft.id}/send`, {}, draft.version);
  }

  /** An invoice of one line that comes again each month, sent by itself, from a day on. */
  recurring(client: Client, name: string, price: string, starts_on: string): Promise<Recurring> {
    return this.#post("/recurring-invoices", recurring(client, name, price, starts_on));
  }

  /** The same from another day on, while nothing of it is billed. */
  async begin(client: Client, known: Recurring, price: string, starts_on: string): Promise<void> {
    const headers = { Origin: this.#origin, "If-Match": `"${known.version}"` };
    const data = recurring(client, known.name, price, starts_on);
    const answer = await this.#api.put(`/api/v1/recurring-invoices/${known.id}`, { data, headers });
    if (!answer.ok()) throw new Error(`PUT answered ${answer.status()}: ${await answer.text()}`);
  }

  /** Money for an invoice that came by bank today. */
  pay(invoice: Invoice, amount: Money): Promise<{ id: string }> {
    const received_on = new Date().toISOString().slice(0, 10);
    return this.#post("/payments", { invoice_id: invoice.id, amount, method: "bank_transfer", received_on });
  }

  /** An invoice as the books have it now. */
  find(id: string): Promise<Invoice> {
    return this.get(`/invoices/${id}`);
  }
}

/** Mail that the server kept because no mail server is set up. */
export class Mailbox {
  readonly #office: Office;

  constructor(office: Office) {
    this.#office = office;
  }

  /** The ids of the mails to an address at this moment, to tell later ones from. */
  async seen(to: string): Promise<Set<string>> {
    return new Set((await this.#to(to)).map((mail) => mail.id));
  }

  /** Waits for a mail to an address, by its subject: mail is a job, written soon after its cause. */
  async find(to: string, subject: RegExp, seen = new Set<string>()): Promise<Mail> {
    let id: string | undefined;
    await expect
      .poll(async () => (id = (await this.#to(to)).find((mail) => subject.test(mail.subject) && !seen.has(mail.id))?.id), {
        message: `a mail ${subject} to ${to}`,
        timeout: 15_000,
      })
      .toBeDefined();
    return this.#office.get<Mail>(`/mails/${id}`);
  }

  async #to(address: string): Promise<Omit<Mail, "text" | "links">[]> {
    const page = await this.#office.get<{ items: Omit<Mail, "text" | "links">[] }>("/mails", { q: address });
    return page.items.filter((mail) => mail.to === address);
  }
}

/** The first link of a mail. */
export function linkIn(mail: Mail): string {
  const link = mail.links[0];
  if (link === undefined) throw new Error(`no link in the mail “${mail.subject}”`);
  return link;
}
