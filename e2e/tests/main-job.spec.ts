import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import { linkIn } from "../office.ts";
import { CARD, payButton, payByCard } from "../steps.ts";

test("an invoice is written, mailed, paid by its link, and the books agree @phone", async ({
  page,
  signInMember,
  visitor,
  office,
  mailbox,
}) => {
  const email = freshAddress("ana");
  await signInMember(workshop().owner);

  await test.step("staff adds a client with a contact", async () => {
    await page.goto("/console/clients");
    await page.getByRole("link", { name: "Client", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill("Bootswerft Jürgensen");
    await page.getByLabel("Name optional").fill("Ana Jürgensen");
    await page.getByLabel("E-mail optional").fill(email);
    await page.getByRole("button", { name: "Add client" }).click();
    await expect(page.getByRole("heading", { name: "Bootswerft Jürgensen", level: 1 })).toBeVisible();
  });

  const invoice = await test.step("writes an invoice with tax and sends it", async () => {
    await page.getByRole("link", { name: "Invoice", exact: true }).click();
    await expect(page.getByRole("combobox", { name: "Client" })).toHaveValue("Bootswerft Jürgensen");
    await page.getByLabel("Item 1", { exact: true }).fill("Oak worktop, oiled");
    await page.getByLabel("Quantity").fill("2.5");
    await page.getByLabel("Price", { exact: true }).fill("310");
    // 2.5 × 310 is 775, and 19 % of that 147.25.
    const totals = page.getByRole("main").getByRole("term").filter({ hasText: "VAT 19 %" });
    await expect(totals).toBeVisible();
    await expect(page.getByRole("main").getByText("€922.25")).toBeVisible();
    await page.getByRole("button", { name: /^Send/ }).click();
    const sheet = page.getByRole("dialog", { name: "Send" });
    await expect(sheet.getByRole("checkbox", { name: `Ana Jürgensen, ${email}` })).toBeChecked();
    await sheet.getByRole("button", { name: "Send to one person" }).click();
    const heading = page.getByRole("heading", { name: /^Invoice H-\d+$/, level: 1 });
    await expect(heading).toBeVisible();
    return { url: page.url(), title: await heading.innerText() };
  });
  const id = invoice.url.split("/").at(-1) ?? "";

  const link = await test.step("finds the mail in the mailbox", async () => {
    await mailbox.find(email, new RegExp(invoice.title));
    await page.goto("/console/mailbox");
    await page.getByRole("searchbox", { name: "Addressee or subject" }).fill(email);
    await page.getByRole("link", { name: `${invoice.title} from ${workshop().name}` }).click();
    const panel = page.getByRole("complementary", { name: invoice.title });
    await expect(panel.getByText("922.25").first()).toBeVisible();
    return (await panel.getByRole("link", { name: /^http/ }).getAttribute("href")) ?? "";
  });

  const client = await visitor();
  await test.step("the client opens the link, sees the invoice and pays it", async () => {
    await client.goto(link);
    await expect(client.getByRole("heading", { name: invoice.title, level: 1 })).toBeVisible();
    await expect(client.getByText("Oak worktop, oiled")).toBeVisible();
    await expect(payButton(client)).toHaveText("Pay €922.25");
    await payByCard(client, CARD.pays);
    await expect(client.getByRole("status").getByRole("heading", { name: "Paid. Thank you." })).toBeVisible();
    await client.getByRole("link", { name: "Back to the invoice" }).click();
    await expect(client.getByRole("heading", { name: invoice.title, level: 1 })).toBeVisible();
    await expect(payButton(client)).toBeHidden();
  });

  await test.step("a receipt is in the mailbox", async () => {
    const receipt = await mailbox.find(email, /^Receipt: .*922\.25/);
    expect(receipt.text).toContain(invoice.title.replace("Invoice ", ""));
    expect(linkIn(receipt)).toContain(`/${workshop().slug}/`);
  });

  await test.step("staff sees it paid, and the books agree", async () => {
    await page.goto(invoice.url);
    const head = page.locator("header").filter({ has: page.getByRole("heading", { name: invoice.title, level: 1 }) });
    await expect(head.getByText("Paid", { exact: true })).toBeVisible();
    await expect(page.getByText(`${invoice.title} paid`)).toBeVisible();
    const kept = await office.find(id);
    expect(kept).toMatchObject({ status: "paid", balance: { amount: 0 }, paid: { amount: 92_225, currency: "EUR" } });
  });
});
