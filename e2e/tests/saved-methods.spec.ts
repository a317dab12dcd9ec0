import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import type { Invoice } from "../office.ts";
import { CARD } from "../steps.ts";

/** The day after so many days, in the workshop's zone. */
function day(after: number): string {
  const at = new Date(Date.now() + after * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(at);
}

test("a client saves a card, and a recurring invoice is charged to it by itself @phone", async ({
  page,
  office,
  mailbox,
  signInContact,
  visitor,
}) => {
  // The worker looks for what is to be billed once a minute.
  test.setTimeout(180_000);
  const email = freshAddress("sava");
  const client = await office.client(`Saves a card ${Date.now()}`, { name: "Sava", email });
  const recurring = await office.recurring(client, "Upkeep", "49", day(2));

  await test.step("the client agrees and saves a card", async () => {
    await signInContact(page, workshop(), email);
    await page.getByRole("link", { name: "Money" }).click();
    await page.getByRole("link", { name: "Saved methods" }).click();
    await expect(page.getByText("Nothing saved")).toBeVisible();
    await page.getByRole("button", { name: "Save a payment method" }).click();
    const sheet = page.getByRole("dialog", { name: "Save a payment method" });
    await expect(sheet).toContainText(`I allow ${workshop().name} to charge this payment method`);
    await sheet.getByRole("button", { name: "Continue" }).click();
    await expect(sheet.getByLabel("I agree")).toHaveAttribute("aria-invalid", "true");
    await sheet.getByLabel("I agree").check();
    await sheet.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("heading", { name: "Save a card in the sandbox" })).toBeVisible();
    await page.getByRole("button", { name: CARD.declines }).click();
    await page.getByRole("button", { name: "Save card" }).click();
    await expect(page.getByText("Your card was declined.")).toBeVisible();
    await page.getByRole("button", { name: CARD.pays }).click();
    await page.getByRole("button", { name: "Save card" }).click();
    await expect(page.getByRole("heading", { name: "Visa ···· 4242 is saved" })).toBeVisible();
    await page.getByRole("link", { name: "All saved methods" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Visa ···· 4242" })).toContainText("Is charged");
  });

  await test.step("staff switch the charge on, and the invoice comes", async () => {
    const staff = await visitor();
    await staff.setViewportSize({ width: 1280, height: 800 });
    const headers = { Origin: process.env.PORTICO_URL ?? "" };
    await staff.request.post("/api/v1/auth/console/sessions", { data: workshop().owner, headers });
    await staff.goto(`/console/clients/${client.id}`);
    await expect(staff.getByRole("region", { name: "Saved payment methods" })).toContainText("Visa ···· 4242");
    await staff.goto(`/console/recurring/${recurring.id}`);
    const charges = staff.getByRole("region", { name: "Automatic charges" });
    await charges.getByLabel("Charge invoices by themselves").check();
    await expect(staff.getByText("Saved", { exact: true })).toBeVisible();
    await expect(charges).toContainText("Charges Visa ···· 4242");
    await office.begin(client, recurring, "49", day(0));
  });

  await test.step("it is charged, and the receipt goes out", async () => {
    const status = async () => {
      const found = await office.get<{ items: Invoice[] }>("/invoices", { client_id: client.id });
      return found.items[0]?.status;
    };
    await expect.poll(status, { timeout: 120_000 }).toBe("paid");
    const mail = await mailbox.find(email, /^Receipt/);
    expect(mail.text).toContain("Visa ···· 4242");
    await page.goto(`/${workshop().slug}/payments`);
    await expect(page.getByText("€49.00").first()).toBeVisible();
  });
});
