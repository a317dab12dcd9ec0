import { expect, type Locator, type Page } from "@playwright/test";

/** What leads to which outcome in the sandbox. */
export const CARD = {
  pays: "4242 4242 4242 4242",
  declines: "4000 0000 0000 0002",
  asksTheBank: "4000 0025 0000 3155",
  paysLater: "4000 0037 2000 0278",
} as const;

/** The one button of an invoice that pays it. */
export function payButton(page: Page): Locator {
  return page.getByRole("button", { name: /^Pay \D*\d/ });
}

/** Pays what the page shows with a test card, up to where the sandbox lets go. */
export async function payByCard(page: Page, card: string): Promise<void> {
  await payButton(page).click();
  await expect(page.getByRole("heading", { name: "Sandbox payment" })).toBeVisible();
  await chooseCard(page, card);
}

/** On the sandbox's page. */
export async function chooseCard(page: Page, card: string): Promise<void> {
  await page.getByRole("button", { name: card }).click();
  await payButton(page).click();
}

/** Opens the link of a sign-in mail and presses its button: opening alone must sign nobody in. */
export async function followSignInLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
}
