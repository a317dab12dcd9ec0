import { createHmac, randomUUID } from "node:crypto";
import { organization, workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import { CARD, chooseCard, payButton } from "../steps.ts";

test("two people write one draft, and neither's words are lost unasked", async ({ page, visitor, signInMember, office }) => {
  const client = await office.client(`Two pens ${Date.now()}`, { name: "Tom", email: freshAddress("tom") });
  const draft = await office.draft(client, "Sideboard", "900");
  await signInMember(workshop().owner);
  const other = await visitor();
  await other.goto("/console/sign-in");
  await other.getByLabel("E-mail").fill(workshop().owner.email);
  await other.getByLabel("Password").fill(workshop().owner.password);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("navigation", { name: "Main" })).toBeVisible();

  for (const one of [page, other]) {
    await one.goto(`/console/invoices/${draft.id}`);
    await expect(one.getByLabel("Item 1", { exact: true })).toHaveValue("Sideboard");
  }
  await other.getByLabel("Reference optional").fill("PO 7");
  await other.getByLabel("Item 1", { exact: true }).fill("Sideboard, walnut");
  await expect(other.getByText(/^Saved /)).toBeVisible();

  await page.getByLabel("Reference optional").fill("PO 8");
  const conflict = page.getByRole("status").filter({ has: page.getByRole("button", { name: "Save mine" }) });
  await test.step("the later one sees what the other wrote, and keeps what was typed", async () => {
    await expect(conflict).toContainText("Reference: PO 7");
    await expect(conflict).toContainText("Items: Sideboard, walnut");
    await expect(page.getByLabel("Reference optional")).toHaveValue("PO 8");
  });

  await test.step("saving mine overwrites", async () => {
    await conflict.getByRole("button", { name: "Save mine" }).click();
    await expect(page.getByText(/^Saved /)).toBeVisible();
    expect(await office.find(draft.id)).toMatchObject({ reference: "PO 8", lines: [{ description: "Sideboard" }] });
  });

  await test.step("taking theirs loads it", async () => {
    await other.getByLabel("Reference optional").fill("PO 9");
    await other.getByRole("button", { name: "Take theirs" }).click();
    await expect(other.getByLabel("Reference optional")).toHaveValue("PO 8");
  });
});

test("a part that came by bank is recorded, and the rest stays owed", async ({ page, signInMember, office }) => {
  const client = await office.client(`In parts ${Date.now()}`, { name: "Ada", email: freshAddress("ada") });
  const invoice = await office.invoice(client, "Staircase, oak", "1000");
  await signInMember(workshop().owner);
  await page.goto(`/console/invoices/${invoice.id}`);
  await page.getByRole("button", { name: "Record payment" }).click();
  const sheet = page.getByRole("dialog", { name: "Record payment" });
  // Without tax: the API puts none on lines by itself.
  await expect(sheet.getByLabel("Amount")).toHaveValue("1,000.00");
  await sheet.getByLabel("Amount").fill("400.50");
  await sheet.getByLabel("Reference on the statement").fill("R-17");
  await sheet.getByRole("button", { name: "Record €400.50" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByText("Part paid").first()).toBeVisible();
  await expect(page.getByText("still to pay of €1,000.00").first()).toBeVisible();
  await expect(page.getByText("€400.50 received")).toBeVisible();
  expect(await office.find(invoice.id)).toMatchObject({ status: "partially_paid", paid: { amount: 40_050 }, balance: { amount: 59_950 } });

  await test.step("the day tells of it, with a way to the invoice", async () => {
    await page.goto("/console");
    const lately = page.getByRole("region", { name: "Lately" }).getByRole("listitem").filter({ hasText: client.name });
    await expect(lately.filter({ hasText: "€400.50 received" })).toContainText("by ");
    await lately.getByRole("link", { name: "€400.50 received" }).click();
    await expect(page.getByRole("heading", { name: `Invoice ${invoice.number}`, level: 1 })).toBeVisible();
  });

  await test.step("and the list can be kept to this client", async () => {
    await page.goto("/console/invoices");
    await page.getByRole("combobox", { name: "Client" }).fill(client.name);
    await page.getByRole("option", { name: client.name }).click();
    await expect(page.getByText("One invoice", { exact: true })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`client=${client.id}`));
    await page.getByRole("button", { name: "Any client" }).click();
    await expect(page).not.toHaveURL(/client=/);
  });
});

test("a payment that was begun can be cancelled and begun anew", async ({ page, signInContact, office }) => {
  const email = freshAddress("ole");
  const client = await office.client("Ole’s boats", { name: "Ole Olsen", email });
  const invoice = await office.invoice(client, "Rudder", "310");
  await signInContact(page, workshop(), email);
  const address = `/${workshop().slug}/invoices/${invoice.id}`;
  await page.goto(address);
  await payButton(page).click();
  await expect(page.getByRole("heading", { name: "Sandbox payment" })).toBeVisible();
  await page.goto(address);
  // Another amount is another payment, and there may be one at a time.
  await page.getByRole("button", { name: "Pay a part" }).click();
  await page.getByLabel("How much now").fill("200");
  await payButton(page).click();
  await expect(page.getByText("A payment of €310.00 is under way")).toBeVisible();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await expect(page.getByText("A payment of €310.00 is under way")).toBeHidden();
  await payButton(page).click();
  await expect(page.getByRole("heading", { name: "Sandbox payment" })).toBeVisible();
  await chooseCard(page, CARD.pays);
  await expect(page.getByRole("status").getByRole("heading", { name: /^Paid/ })).toBeVisible();
  expect(await office.find(invoice.id)).toMatchObject({ status: "partially_paid", paid: { amount: 20_000 } });
});

test("an event of the provider that fits nothing is shown, looked at and run again", async ({
  page,
  signInMember,
  officeOf,
  request,
}) => {
  // An organization that no other journey pays in: here Stripe takes the sandbox's place.
  const studio = organization("studio-o");
  const secret = "whsec_" + Buffer.from(randomUUID()).toString("base64");
  await signInMember(studio.owner);

  const address = await test.step("Stripe is connected", async () => {
    await page.goto("/console/settings/payments");
    const stripe = page.getByRole("region", { name: "Stripe" });
    await stripe.getByText("Set up").click();
    await stripe.getByLabel("Secret key").fill("sk_test_51journey0000000000000000");
    await stripe.getByLabel("Webhook secret", { exact: true }).fill(secret);
    await stripe.getByRole("button", { name: "Connect", exact: true }).click();
    return stripe.getByText(/\/api\/v1\/webhooks\/payments\//).innerText();
  });

  await test.step("it tells of a checkout nobody began", async () => {
    const body = JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: "event",
      api_version: "2025-09-30.clover",
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      pending_webhooks: 1,
      type: "checkout.session.completed",
      data: { object: { id: "cs_test_nobody", object: "checkout.session" } },
    });
    const at = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
    const send = (signed: string) =>
      request.post(new URL(address).pathname, { data: body, headers: { "Content-Type": "application/json", "Stripe-Signature": `t=${at},v1=${signed}` } });
    expect((await send("0".repeat(64))).status()).toBe(400);
    expect((await send(signature)).status()).toBe(200);
    const office = await officeOf(studio);
    const first = async () => (await office.get<{ items: { state: string }[] }>("/inbound-events")).items[0]?.state;
    await expect.poll(first).toBe("quarantined");
  });

  await page.goto("/console");
  await page.getByRole("link", { name: "A payment event needs a look" }).click();
  await expect(page.getByRole("heading", { name: "Provider events", level: 1 })).toBeVisible();
  const event = page.getByRole("main").getByRole("listitem").filter({ hasText: "cs_test_nobody" });
  await expect(event).toContainText("Needs a look");
  await event.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByText("It runs again")).toBeVisible();
  // It still fits nothing, and the page comes to know by itself.
  await expect(event).toContainText("Needs a look");
});

test("what can't be asked doesn't hide what needs us", async ({ page, signInMember }) => {
  await signInMember(workshop().owner);
  const problem = { type: "about:blank", title: "Too many requests", status: 429, code: "rate_limited" };
  await page.route("**/api/v1/jobs/dead*", (route) =>
    route.fulfill({ status: 429, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.goto("/console");
  const needs = page.getByRole("region", { name: "Needs us" });
  await expect(needs.getByRole("alert")).toContainText("Failed jobs: That was often.");
  await expect(needs.getByRole("list", { name: "Needs us" }).getByRole("listitem").first()).toBeVisible();
  await page.unroute("**/api/v1/jobs/dead*");
  await needs.getByRole("button", { name: "Try again" }).click();
  await expect(needs.getByRole("alert")).toHaveCount(0);
});
