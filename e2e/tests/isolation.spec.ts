import { garage, workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import { payButton } from "../steps.ts";

test("nobody sees what isn't theirs", async ({ page, visitor, signInMember, signInContact, office, officeOf }) => {
  const email = freshAddress("maren");
  const client = await office.client("Reederei Matzen", { name: "Maren Matzen", email });
  const sent = await office.invoice(client, "Wheelhouse panelling", "4200");
  const draft = await office.draft(client, "Not yet ready", "99");
  const neighbour = await office.client("Nachbar", { name: "Nils Nachbar", email: freshAddress("nils") });
  const neighbours = await office.invoice(neighbour, "Not for Maren", "1");
  const otherOffice = await officeOf(garage());
  const stranger = await otherOffice.client("Ailleurs", { name: "Inès Ailleurs", email: freshAddress("ines") });
  const elsewhere = await otherOffice.invoice(stranger, "In another organization", "1");

  await test.step("a contact sees their own invoices, and no drafts", async () => {
    const portal = await visitor();
    const home = `/${workshop().slug}`;
    await signInContact(portal, workshop(), email);
    await expect(portal.getByRole("heading", { name: "Needs you" })).toBeVisible();
    await portal.goto(`${home}/invoices?view=all`);
    await expect(portal.getByRole("link", { name: `Invoice ${sent.number}`, exact: true })).toBeVisible();
    await expect(portal.getByText("One invoice", { exact: true })).toBeVisible();
    for (const { id } of [draft, neighbours, elsewhere]) {
      await portal.goto(`${home}/invoices/${id}`);
      await expect(portal.getByRole("alert").getByText("There is nothing here")).toBeVisible();
    }
  });

  await test.step("a member sees nothing of another organization", async () => {
    await signInMember(garage().owner);
    await page.goto(`/console/invoices/${elsewhere.id}`);
    await expect(page.getByRole("heading", { name: `Invoice ${elsewhere.number}` })).toBeVisible();
    for (const path of [`invoices/${sent.id}`, `invoices/${draft.id}`, `clients/${client.id}`]) {
      await page.goto(`/console/${path}`);
      await expect(page.getByRole("alert").getByText("There is nothing here")).toBeVisible();
    }
  });

  await test.step("a member who looks as a contact can only look", async () => {
    await signInMember(workshop().owner);
    await page.goto(`/console/clients/${client.id}`);
    await page.getByRole("button", { name: "More for Maren Matzen" }).click();
    const opening = page.waitForEvent("popup");
    await page.getByRole("menuitem", { name: "View as Maren Matzen" }).click();
    const view = await opening;
    await expect(view.getByText(/You are viewing as Maren Matzen, .*\. Nothing can be changed\./)).toBeVisible();
    await view.getByRole("link", { name: `Invoice ${sent.number}` }).first().click();
    await expect(view.getByRole("heading", { name: `Invoice ${sent.number}`, level: 1 })).toBeVisible();
    await expect(payButton(view)).toHaveCount(0);
    expect(await office.find(sent.id)).toMatchObject({ status: "sent" });
    await view.getByRole("button", { name: "Stop" }).click();
    await expect(view.getByRole("heading", { name: "Reederei Matzen", level: 1 })).toBeVisible();
  });
});
