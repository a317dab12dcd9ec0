import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import type { Money } from "../office.ts";

interface Statement {
  opening: Money;
  closing: Money;
  items: { change: Money; balance: Money }[];
}

test("a part of a payment becomes credit, pays another invoice, and the statement adds up", async ({
  page,
  visitor,
  office,
  signInMember,
  signInContact,
}) => {
  const email = freshAddress("vera");
  const client = await office.client(`Back and forth ${Date.now()}`, { name: "Vera", email });
  const first = await office.invoice(client, "Counter, oak", "1000");
  const second = await office.invoice(client, "Shelf", "300");
  await office.pay(first, first.totals.gross);

  await test.step("staff take a part off the invoice it had paid", async () => {
    await signInMember(workshop().owner);
    await page.goto("/console/payments");
    await page.getByRole("link", { name: client.name }).click();
    await expect(page.getByRole("heading", { name: `Payment by ${client.name}`, level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Refund" }).click();
    const sheet = page.getByRole("dialog", { name: "Refund" });
    await expect(sheet.getByLabel("Amount")).toHaveValue("1,000.00");
    await sheet.getByLabel("The client’s credit").check();
    await sheet.getByLabel("Why").fill("The shorter counter was delivered");

    await sheet.getByLabel("Amount").fill("1000.01");
    await sheet.getByRole("button", { name: "Refund €1,000.01" }).click();
    await expect(sheet.getByLabel("Amount")).toHaveAttribute("aria-invalid", "true");

    await sheet.getByLabel("Amount").fill("200");
    await sheet.getByRole("button", { name: "Refund €200.00" }).click();
    await expect(sheet).toBeHidden();
    await expect(page.getByRole("region", { name: "Refunds" })).toContainText("The shorter counter was delivered");
    expect(await office.find(first.id)).toMatchObject({ balance: { amount: 20_000 } });
  });

  await test.step("the client's page says where the credit came from", async () => {
    await page.goto(`/console/clients/${client.id}`);
    await expect(page.getByRole("region", { name: "Credit" })).toContainText("Taken off an invoice");
  });

  await test.step("the client uses it on the other invoice", async () => {
    const theirs = await visitor();
    await signInContact(theirs, workshop(), email);
    await theirs.goto(`/${workshop().slug}/invoices/${second.id}`);
    await theirs.getByRole("button", { name: "Use it on this invoice: €200.00" }).click();
    await expect(theirs.getByText("You used your credit")).toBeVisible();
    expect(await office.find(second.id)).toMatchObject({ balance: { amount: 10_000 }, status: "partially_paid" });
    await expect(theirs.getByRole("button", { name: /^Use it on this invoice/ })).toHaveCount(0);

    await theirs.goto(`/${workshop().slug}/statement`);
    await expect(theirs.getByRole("term").filter({ hasText: /^Owed on / })).toBeVisible();
    await expect(theirs.getByRole("definition").filter({ hasText: "€300.00" }).first()).toBeVisible();
    await expect(theirs.getByRole("row").filter({ hasText: `Invoice ${second.number}` })).toContainText("+€300.00");
  });

  await test.step("the statement adds up", async () => {
    const statement = await office.get<Statement>(`/clients/${client.id}/statement`);
    let balance = statement.opening.amount;
    for (const movement of statement.items) {
      balance += movement.change.amount;
      expect(movement.balance.amount).toBe(balance);
    }
    expect(statement.closing.amount).toBe(balance);
    expect(balance).toBe(30_000);
    await page.goto(`/console/clients/${client.id}/statement`);
    await expect(page.getByRole("table", { name: "Movements" }).getByRole("row")).toHaveCount(statement.items.length + 1);
    const file = await page.request.get(`/api/v1/clients/${client.id}/statement.csv`);
    expect((await file.text()).trim().split("\n")).toHaveLength(statement.items.length + 1);
  });
});
