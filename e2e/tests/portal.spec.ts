import { workshop } from "../demo.ts";
import { expect, freshAddress, SIGN_IN_LINK, test } from "../fixtures.ts";
import { linkIn } from "../office.ts";
import { CARD, chooseCard, followSignInLink, payButton, payByCard } from "../steps.ts";

/** A number as pages write it in sentences: it doesn't break at its hyphens. */
const unbroken = (number: string | null) => number?.replaceAll("-", "\u2011");
const door = () => `/${workshop().slug}/sign-in`;

test("a contact asks for a link, signs in and pays what needs them @phone", async ({ page, office, mailbox }) => {
  const email = freshAddress("jonas");
  const client = await office.client("Praxis Dr. Clausen", { name: "Jonas Clausen", email });
  const desk = await office.invoice(client, "Reception desk, ash", "1240");
  const shelf = await office.invoice(client, "Shelf", "180");
  const entrance = await office.invoice(client, "Interior door", "690");

  await test.step("asks for a link at the door", async () => {
    await page.goto(door());
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send sign-in link" }).click();
    await expect(page.getByRole("status").getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();
  });

  await test.step("the link opens a page whose button signs in", async () => {
    const link = linkIn(await mailbox.find(email, SIGN_IN_LINK));
    await page.goto(link);
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    // Opening it, as scanners of mail do, has signed nobody in.
    expect((await page.request.get("/api/v1/portal/me")).status()).toBe(401);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Needs you" })).toBeVisible();
    await expect(page.getByRole("list", { name: "Needs you" }).getByRole("listitem")).toHaveCount(3);
  });

  const home = page.url();
  const open = async (number: string | null) => {
    await page.goto(home);
    await page.getByRole("list", { name: "Needs you" }).getByRole("link", { name: `Invoice ${number}` }).click();
    await expect(page.getByRole("heading", { name: `Invoice ${number}`, level: 1 })).toBeVisible();
  };

  await test.step("a declined card can be followed by a good one", async () => {
    await open(desk.number);
    await payByCard(page, CARD.declines);
    await expect(page.getByText(/^Not paid: /)).toBeVisible();
    await chooseCard(page, CARD.pays);
    await expect(page.getByRole("status").getByRole("heading", { name: "Paid. Thank you, Jonas." })).toBeVisible();
    expect(await office.find(desk.id)).toMatchObject({ status: "paid", balance: { amount: 0 } });
  });

  await test.step("a bank that asks first is answered", async () => {
    await open(shelf.number);
    await payByCard(page, CARD.asksTheBank);
    await expect(page.getByRole("heading", { name: "Your bank asks" })).toBeVisible();
    expect(await office.find(shelf.id)).toMatchObject({ paid: { amount: 0 } });
    await page.getByRole("button", { name: "Yes, it is me" }).click();
    await expect(page.getByRole("status").getByRole("heading", { name: "Paid. Thank you, Jonas." })).toBeVisible();
  });

  await test.step("money that is still under way is nowhere called paid", async () => {
    await open(entrance.number);
    await payByCard(page, CARD.paysLater);
    await expect(page.getByRole("status").getByRole("heading", { name: "Your payment is under way" })).toBeVisible();
    await expect(page.getByText(/\bpaid\b/i)).toHaveCount(0);
    await page.getByRole("link", { name: "Back to the invoice" }).click();
    await expect(page.getByRole("heading", { name: `Invoice ${entrance.number}`, level: 1 })).toBeVisible();
    await expect(page.getByText("Paid", { exact: true })).toHaveCount(0);
    expect(await office.find(entrance.id)).toMatchObject({ paid: { amount: 0 } });
  });

  await test.step("what is paid needs nobody any more", async () => {
    await page.goto(home);
    await expect(page.getByRole("list", { name: "Needs you" }).getByRole("listitem")).toHaveCount(1);
  });
});

test("links that don't work say so and show a way on @phone", async ({ page, visitor, office, mailbox }) => {
  const email = freshAddress("gesa");
  await office.client("Hotel Lorenzen", { name: "Gesa Lorenzen", email });
  const refused = page.getByRole("heading", { name: "This link no longer works" });

  await test.step("one that never was", async () => {
    await followSignInLink(page, `${door()}/link?token=never-was`);
    await expect(refused).toBeVisible();
    await page.getByRole("link", { name: "Send me a new link" }).click();
    await expect(page.getByLabel("E-mail")).toBeVisible();
  });

  await test.step("one that was used", async () => {
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send sign-in link" }).click();
    const link = linkIn(await mailbox.find(email, SIGN_IN_LINK));
    const first = await visitor();
    await followSignInLink(first, link);
    await expect(first.getByRole("heading", { name: "Nothing needs you" })).toBeVisible();
    await followSignInLink(page, link);
    await expect(refused).toBeVisible();
    expect((await page.request.get("/api/v1/portal/me")).status()).toBe(401);
  });

  await test.step("an invoice's link that was cut off", async () => {
    await page.goto(`/${workshop().slug}/i/cut-off`);
    await expect(refused).toBeVisible();
    await page.getByRole("link", { name: "Sign in" }).click();
    await expect(page.getByLabel("E-mail")).toBeVisible();
  });

  await test.step("an organization that isn't here", async () => {
    expect((await page.goto("/nobody-of-that-name/sign-in"))?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  });
});

test("a contact pays several invoices at once, the oldest first @phone", async ({ page, office, signInContact }) => {
  const email = freshAddress("wiebke");
  const client = await office.client("Kanzlei Petersen", { name: "Wiebke Petersen", email });
  const first = await office.invoice(client, "Shelf, oak", "200");
  const second = await office.invoice(client, "Table top", "300");
  const third = await office.invoice(client, "Bench", "100");
  await signInContact(page, workshop(), email);
  const box = (invoice: { number: string | null }) => page.getByRole("checkbox", { name: `Invoice ${invoice.number}` });

  await test.step("all that is open is chosen to begin with", async () => {
    await page.getByRole("link", { name: "Pay several at once" }).click();
    await expect(page.getByRole("heading", { name: "Pay several invoices", level: 1 })).toBeVisible();
    for (const invoice of [first, second, third]) await expect(box(invoice)).toBeChecked();
    await expect(page.getByText("for 3 invoices")).toBeVisible();
    await expect(payButton(page)).toHaveText(/600\.00/);
  });

  await test.step("what isn't chosen isn't paid", async () => {
    await box(third).click();
    await expect(page.getByText("for 2 invoices")).toBeVisible();
    await expect(payButton(page)).toHaveText(/500\.00/);
  });

  await test.step("one payment settles both", async () => {
    await payByCard(page, CARD.pays);
    await expect(page.getByRole("status").getByRole("heading", { name: "Paid. Thank you, Wiebke." })).toBeVisible();
    await expect(page.getByText(`€200.00 of it pays invoice ${unbroken(first.number)}`)).toBeVisible();
    expect(await office.find(first.id)).toMatchObject({ status: "paid" });
    expect(await office.find(second.id)).toMatchObject({ status: "paid" });
    expect(await office.find(third.id)).toMatchObject({ paid: { amount: 0 } });
  });

  await test.step("what is left waits at home", async () => {
    await page.getByRole("link", { name: "Home" }).first().click();
    await expect(page.getByRole("list", { name: "Needs you" }).getByRole("listitem")).toHaveCount(1);
    await expect(page.getByRole("link", { name: "Pay several at once" })).toHaveCount(0);
  });
});
