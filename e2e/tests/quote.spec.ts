import { expect, freshAddress, test } from "../fixtures.ts";
import { linkIn } from "../office.ts";
import { CARD, payButton, payByCard } from "../steps.ts";

const line = (key: string, description: string, unit_price: string, more: object = {}) => ({
  key,
  description,
  quantity: "1",
  unit_price,
  ...more,
});

test("a quote is chosen from, accepted by its link, and its deposit paid @phone", async ({ office, mailbox, visitor }) => {
  const email = freshAddress("zoe");
  const client = await office.client("Casa das Flores", { name: "Zoë Marchetti", email });
  await office.quote(client, {
    title: "A kitchen, two ways",
    cover: "We build it in our workshop.",
    deposit: { percent: "30" },
    groups: [
      {
        key: "fronts",
        title: "Fronts",
        packages: [
          { key: "birch", title: "Birch", text: "Light and tough", default: true },
          { key: "oak", title: "Oak", text: "From one tree", default: false },
        ],
      },
    ],
    sections: [
      {
        key: "kitchen",
        title: "Kitchen",
        lines: [
          line("birch-fronts", "Fronts in birch", "1000", { take: { kind: "package", package: "birch" } }),
          line("oak-fronts", "Fronts in oak", "2000", { take: { kind: "package", package: "oak" } }),
          line("light", "Light under the cabinets", "300", { take: { kind: "optional", default: false } }),
          line("shelves", "Shelves", "50", { quantity: "2", adjustable: { min: "1", max: "4", step: "1" } }),
        ],
      },
    ],
  });
  const page = await visitor();
  await page.goto(linkIn(await mailbox.find(email, /quote/i)));
  await expect(page.getByRole("heading", { name: "A kitchen, two ways", level: 1 })).toBeVisible();
  const accept = page.getByRole("button", { name: /^Accept for/ });

  await test.step("the total follows the choice", async () => {
    await expect(accept).toHaveText("Accept for €1,100.00");
    await page.getByRole("radio", { name: /Oak/ }).check();
    await expect(accept).toHaveText("Accept for €2,100.00");
    await page.getByRole("switch", { name: "Light under the cabinets" }).check();
    await page.getByRole("button", { name: "More of Shelves" }).click();
    await expect(accept).toHaveText("Accept for €2,450.00");
  });

  await test.step("accepting takes a name and consent", async () => {
    await accept.click();
    const sheet = page.getByRole("dialog", { name: "Accept the quote" });
    await expect(sheet.getByText("€735.00 of it is due when you accept")).toBeVisible();
    await sheet.getByLabel("Your full name").fill("Zoë Marchetti");
    await sheet.getByRole("button", { name: /^Accept for/ }).click();
    await expect(page).toHaveURL(/\/quotes\//);
    await sheet.getByRole("checkbox", { name: /^I accept quote/ }).check();
    await sheet.getByRole("button", { name: /^Accept for/ }).click();
  });

  await test.step("the deposit's invoice follows, and is paid", async () => {
    await expect(page.getByRole("heading", { name: /^Invoice H-/, level: 1 })).toBeVisible();
    await expect(payButton(page)).toHaveText("Pay €735.00");
    await payByCard(page, CARD.pays);
    await expect(page.getByRole("status").getByRole("heading", { name: "Paid. Thank you." })).toBeVisible();
  });
});
