import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import { linkIn } from "../office.ts";

test("an invoice that comes again goes out by itself, is seen where it came from, and is paused", async ({
  page,
  visitor,
  office,
  mailbox,
  signInMember,
}) => {
  // The worker looks once a minute.
  test.setTimeout(150_000);
  const email = freshAddress("greta");
  const client = await office.client(`Again and again ${Date.now()}`, { name: "Greta", email });
  const name = `Care of the workshop ${Date.now()}`;

  await test.step("staff let one come every month from today", async () => {
    await signInMember(workshop().owner);
    await page.goto(`/console/recurring/new?client=${client.id}`);
    await expect(page.getByRole("combobox", { name: "Client" })).toHaveValue(client.name);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.getByLabel("Item 1", { exact: true }).fill("Machines looked after");
    await page.getByLabel("Price", { exact: true }).fill("150");
    const coming = page.getByRole("complementary", { name: "What comes" });
    await expect(coming.getByRole("listitem")).toHaveCount(6);
    await page.getByRole("button", { name: "Let it recur" }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expect(page.getByText("every month")).toBeVisible();
  });

  await test.step("the client gets the first one by mail", async () => {
    await expect
      .poll(() => mailbox.find(email, /^Invoice /).then(() => true, () => false), { timeout: 100_000 })
      .toBe(true);
    const mail = await mailbox.find(email, /^Invoice /);
    const theirs = await visitor();
    await theirs.goto(linkIn(mail));
    await expect(theirs.getByText("Machines looked after")).toBeVisible();
    await expect(theirs.getByRole("term").filter({ hasText: "For the days" })).toBeVisible();
  });

  await test.step("staff see it in the history, and from it the way back", async () => {
    await page.reload();
    const made = page.getByRole("table", { name: "Invoices it made" });
    await expect(made.getByRole("row")).toHaveCount(2);
    await made.getByRole("link").click();
    await expect(page.getByRole("heading", { name: /^Invoice / })).toBeVisible();
    await page.getByRole("definition").getByRole("link", { name: / – / }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  });

  await test.step("they pause it", async () => {
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText(`${name} is paused`)).toBeVisible();
    await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
    await page.goto(`/console/recurring?state=paused&client=${client.id}`);
    await expect(page.getByRole("row").filter({ hasText: name })).toContainText("Paused");
  });
});
