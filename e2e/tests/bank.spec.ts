import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";

test("a client reads how to transfer, staff import the statement, and one click pays the invoice @phone", async ({
  page,
  visitor,
  office,
  mailbox,
  signInMember,
  signInContact,
}) => {
  const email = freshAddress("tomke");
  const client = await office.client(`Transfer ${Date.now()}`, { name: "Tomke", email });
  const invoice = await office.invoice(client, "Oak staircase", "1234.50");
  const theirs = await visitor();

  const reference = await test.step("the client chooses the bank transfer and reads it", async () => {
    await signInContact(theirs, workshop(), email);
    await theirs.goto(`/${workshop().slug}/invoices/${invoice.id}`);
    await theirs.getByRole("radio", { name: /By bank transfer/ }).check();
    await theirs.getByRole("button", { name: /^Transfer \D*\d/ }).filter({ visible: true }).click();
    const sheet = theirs.getByRole("dialog", { name: "Pay by bank transfer" });
    await expect(sheet.getByText("DE02 1203 0000 0000 2020 51")).toBeVisible();
    await expect(sheet.getByRole("img", { name: "QR code of this transfer" })).toBeVisible();
    await expect(sheet.getByRole("button", { name: "Copy Reference" })).toBeVisible();
    await expect(sheet).not.toContainText(/paid\b(?! once)/i);
    const shown = await sheet.getByText(/^RF\d\d/).innerText();
    await sheet.getByRole("button", { name: "Close" }).click();
    await expect(sheet).toBeHidden();
    expect(await office.find(invoice.id)).toMatchObject({ paid: { amount: 0 } });
    return shown;
  });

  const amount = invoice.totals.gross.amount;
  const printed = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
  const rows = [
    "Date;Amount;Name;Reference",
    `${new Date().toISOString().slice(0, 10)};${printed};Tomke Transfer;${reference}`,
    `${new Date().toISOString().slice(0, 10)};-12.00;Bank;Fees ${client.id}`,
  ];

  await test.step("staff import the bank's table", async () => {
    await signInMember(workshop().owner);
    await page.goto("/console/payments");
    await page.getByRole("link", { name: "Bank", exact: true }).click();
    await page.getByRole("button", { name: "Import a statement" }).click();
    const sheet = page.getByRole("dialog", { name: "Import a statement" });
    await sheet.locator("input[type=file]").setInputFiles({
      name: "march.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(rows.join("\n")),
    });
    await sheet.getByRole("button", { name: "Import march.csv" }).click();
    await expect(sheet.getByText("One new entry")).toBeVisible();
    await sheet.getByRole("button", { name: "Done" }).click();
    await expect(sheet).toBeHidden();
  });

  await test.step("one click matches it", async () => {
    const entry = page.getByRole("listitem", { name: /^Tomke Transfer, / });
    await expect(entry).toContainText(`Invoice ${invoice.number}`);
    await expect(entry).toContainText("its reference");
    await entry.getByRole("button", { name: /^Match / }).click();
    await expect(entry.getByText("Matched", { exact: true })).toBeVisible();
    expect(await office.find(invoice.id)).toMatchObject({ status: "paid", balance: { amount: 0 } });
  });

  await test.step("the client has a receipt, and the invoice is paid", async () => {
    await mailbox.find(email, /^Receipt/);
    await theirs.reload();
    await expect(theirs.getByText("Paid", { exact: true }).first()).toBeVisible();
    await expect(theirs.getByRole("button", { name: /^(Pay|Transfer) \D*\d/ })).toHaveCount(0);
  });
});

test("columns that nobody can guess are asked for, and what is no payment is ignored and taken back", async ({
  page,
  signInMember,
}) => {
  const name = `Nobody ${Date.now()}`;
  await signInMember(workshop().owner);
  await page.goto("/console/payments/bank");
  await page.getByRole("button", { name: "Import a statement" }).click();
  const sheet = page.getByRole("dialog", { name: "Import a statement" });
  await sheet.locator("input[type=file]").setInputFiles({
    name: "odd.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`When;How much;Who\n2026-01-05;3.21;${name}\n`),
  });
  await sheet.getByRole("button", { name: "Import odd.csv" }).click();
  await sheet.getByLabel("When").selectOption({ label: "Date" });
  await sheet.getByLabel("How much").selectOption({ label: "Amount" });
  await sheet.getByLabel("Who").selectOption({ label: "Payer" });
  await sheet.getByRole("button", { name: "Import odd.csv" }).click();
  await expect(sheet.getByText("One new entry")).toBeVisible();
  await sheet.getByRole("button", { name: "Done" }).click();

  const entry = page.getByRole("listitem", { name: new RegExp(`^${name}, `) });
  await expect(entry).toContainText("No open invoice fits.");
  await entry.getByRole("button", { name: "Ignore" }).click();
  await expect(entry.getByText("Ignored", { exact: true })).toBeVisible();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(entry.getByRole("button", { name: "Ignore" })).toBeVisible();
});
