import type { Locator, Page } from "@playwright/test";
import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";

test("a member signs in and sends an invoice without a mouse", async ({ page, office }) => {
  const name = `Keys ${Date.now()}`;
  const client = await office.client(name, { name: "Kai Keys", email: freshAddress("kai") });

  await test.step("signs in", async () => {
    await page.goto("/console/sign-in");
    await expect(page.getByLabel("E-mail")).toBeFocused();
    await page.keyboard.type(workshop().owner.email);
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type(workshop().owner.password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  });

  await test.step("goes to a new invoice", async () => {
    await tabTo(page, page.getByRole("navigation").getByRole("link", { name: "Invoices" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Invoices", level: 1 })).toBeVisible();
    await tabTo(page, page.getByRole("link", { name: "Invoice", exact: true }));
    await page.keyboard.press("Enter");
  });

  await test.step("writes it", async () => {
    await expect(page.getByRole("combobox", { name: "Client" })).toBeVisible();
    await tabTo(page, page.getByRole("combobox", { name: "Client" }));
    await page.keyboard.type(name);
    await expect(page.getByRole("listbox").getByRole("option")).toHaveCount(1);
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Item 1", { exact: true }));
    await page.keyboard.type("Bookshelf, ash");
    await tabTo(page, page.getByLabel("Quantity"));
    await page.keyboard.type("2");
    await tabTo(page, page.getByLabel("Price", { exact: true }));
    await page.keyboard.type("450");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Item 2", { exact: true })).toBeFocused();
    await page.keyboard.press("Backspace");
    await expect(page.getByLabel("Item 2", { exact: true })).toHaveCount(0);
    const taxes = page.getByRole("button", { name: /^Taxes of item 1: / });
    await expect(taxes).toHaveAccessibleName("Taxes of item 1: VAT 19 %");
    await tabTo(page, taxes);
    for (const then of ["none", "VAT 19 %"]) {
      await page.keyboard.press("Enter");
      await expect(page.getByRole("menuitem", { name: "VAT 19 %" })).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(taxes).toHaveAccessibleName(`Taxes of item 1: ${then}`);
      await expect(taxes).toBeFocused();
    }
  });

  await test.step("sends it", async () => {
    await tabTo(page, page.getByRole("button", { name: /^Send/ }), "Shift+Tab");
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog", { name: "Send" });
    await expect(sheet.getByRole("button", { name: "Send to one person" })).toBeVisible();
    await tabTo(page, sheet.getByRole("button", { name: "Send to one person" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: /^Invoice H-\d+$/, level: 1 })).toBeVisible();
    const list = await office.get<{ items: { status: string; total: { amount: number } }[] }>("/invoices", {
      client_id: client.id,
    });
    // 2 × 450 with 19 % VAT.
    expect(list.items).toMatchObject([{ status: "sent", total: { amount: 107_100 } }]);
  });
});

/** Presses a key until the focus is where it should be; everything it passes must show that it has it. */
async function tabTo(page: Page, goal: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(goal).toBeVisible();
  const there = () => goal.evaluate((element) => element === document.activeElement);
  for (let presses = 0; !(await there()); presses++) {
    expect(presses, `${goal} can't be reached by ${key}`).toBeLessThan(80);
    await page.keyboard.press(key);
    const unseen = await page.evaluate(unseenFocus);
    expect(unseen, "has the focus without showing it").toBeUndefined();
  }
}

/** The focused element where neither it nor what frames it is outlined. Runs in the page. */
function unseenFocus(): string | undefined {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return undefined;
  for (let element: Element | null = focused, up = 0; element !== null && up < 4; element = element.parentElement, up++) {
    const style = getComputedStyle(element);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) return undefined;
  }
  return focused.outerHTML.slice(0, 200);
}
