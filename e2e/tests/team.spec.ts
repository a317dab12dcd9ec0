import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { workshop } from "../demo.ts";
import { expect, freshAddress, test } from "../fixtures.ts";
import { linkIn } from "../office.ts";

const password = "twelve oaks and an ash";

test("a member is invited, joins, secures the account and works by the role", async ({
  page,
  visitor,
  signInMember,
  mailbox,
}) => {
  // Passwords are meant to cost time, and this one is asked for four times.
  test.slow();
  const email = freshAddress("pia");
  const name = `Pia Planer ${Date.now()}`;
  const role = `Estimator ${Date.now()}`;
  await signInMember(workshop().owner);

  await test.step("the owner adds a role", async () => {
    await page.goto("/console/settings/roles");
    await page.getByRole("button", { name: "Add role" }).click();
    const sheet = page.getByRole("dialog", { name: "Role" });
    await sheet.getByLabel("Name").fill(role);
    await sheet.getByLabel("See clients").check();
    await sheet.getByRole("button", { name: "Save" }).click();
    await expect(sheet).toBeHidden();
    await expect(row(page, role)).toContainText("2 permissions");
  });

  await test.step("and invites somebody to it", async () => {
    await page.goto("/console/settings/team");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Role", { exact: true }).selectOption(role);
    await page.getByRole("button", { name: "Invite" }).click();
    await expect(row(page, name)).toContainText("Invited");
  });

  const member = await visitor();
  const rail = member.getByRole("navigation", { name: "Main" });
  await test.step("who opens the link and joins", async () => {
    await member.goto(linkIn(await mailbox.find(email, /invites you/)));
    await expect(member.getByRole("heading", { name: `Join ${workshop().name}` })).toBeVisible();
    await expect(member.getByLabel("Name")).toHaveValue(name);
    await member.getByLabel("Choose a password").fill(password);
    await member.getByRole("button", { name: "Join" }).click();
    await expect(rail.getByRole("link", { name: "Clients" })).toBeVisible();
    await expect(rail.getByRole("link", { name: "Invoices" })).toHaveCount(0);
    // What tells of money is none of this role's business.
    await expect(member.getByRole("region", { name: "Lately" })).toBeVisible();
    await expect(member.getByRole("main").getByText(/€/)).toHaveCount(0);
  });

  const secret = await test.step("sets up the second step", async () => {
    await member.goto("/console/settings");
    await member.getByRole("button", { name: "Set up" }).click();
    const secret = await member.getByText("Or type in").locator(".code").innerText();
    await member.getByLabel("Code", { exact: true }).fill("000000");
    await member.getByRole("button", { name: "Switch on" }).click();
    await expect(member.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/./);
    // A code counts once: the one before the present one is taken here, so that the present one is left to sign in with.
    await member.getByLabel("Code", { exact: true }).fill(authenticator(secret, -1));
    await member.getByRole("button", { name: "Switch on" }).click();
    return secret;
  });
  const codes = member.getByRole("listitem").filter({ hasText: /^([0-9a-z]{4}-){3}[0-9a-z]{4}$/ });
  await expect(codes).toHaveCount(10);
  const recovery = await codes.first().innerText();
  await member.getByRole("button", { name: "I kept them" }).click();
  await expect(member.getByRole("button", { name: "Switch off" })).toBeVisible();

  await test.step("signs out, and in with a code", async () => {
    await signOut(member, name);
    await signIn(member, email);
    await member.getByLabel("Code", { exact: true }).fill(authenticator(secret, 0));
    await member.getByRole("button", { name: "Sign in" }).click();
    await expect(rail).toBeVisible();
  });

  await test.step("and with a recovery code, which works once", async () => {
    await signOut(member, name);
    await signIn(member, email);
    await member.getByLabel("Code", { exact: true }).fill(recovery.toUpperCase());
    await member.getByRole("button", { name: "Sign in" }).click();
    await expect(rail).toBeVisible();
    await signOut(member, name);
    await signIn(member, email);
    await member.getByLabel("Code", { exact: true }).fill(recovery);
    await member.getByRole("button", { name: "Sign in" }).click();
    await expect(member.getByRole("alert")).toBeVisible();
    await member.getByLabel("Code", { exact: true }).fill(authenticator(secret, 1));
    await member.getByRole("button", { name: "Sign in" }).click();
    await expect(rail).toBeVisible();
  });

  await test.step("the role is given more, and that counts at once", async () => {
    await page.goto("/console/settings/roles");
    await page.getByRole("button", { name: `More for ${role}` }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    const sheet = page.getByRole("dialog", { name: "Role" });
    await expect(sheet.getByLabel("See clients")).toBeChecked();
    await sheet.getByLabel("See invoices").check();
    await sheet.getByRole("button", { name: "Save" }).click();
    await expect(row(page, role)).toContainText("3 permissions");
    await member.reload();
    await expect(rail.getByRole("link", { name: "Invoices" })).toBeVisible();
  });

  await test.step("the owner removes the member, whose sessions end", async () => {
    await page.goto("/console/settings/team");
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await expect(page.getByRole("region", { name: "Removed" }).getByText(name)).toBeVisible();
    await member.goto("/console/clients");
    await expect(member.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });
});

test("a token is shown once, works within its scopes, and no longer when revoked", async ({
  page,
  signInMember,
  playwright,
  baseURL,
}) => {
  const name = `Till ${Date.now()}`;
  await signInMember(workshop().owner);
  await page.goto("/console/settings/tokens");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("See clients").check();
  await page.getByRole("button", { name: "Make a token" }).click();
  const secret = await page.getByRole("status").filter({ hasText: name }).locator(".code").innerText();

  const program = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { Authorization: `Bearer ${secret}` } });
  expect((await program.get("/api/v1/clients?limit=1")).status()).toBe(200);
  expect((await program.get("/api/v1/invoices")).status()).toBe(403);

  await page.reload();
  await expect(row(page, name)).toContainText("used");
  await expect(page.getByText(secret)).toHaveCount(0);
  await row(page, name).getByRole("button", { name: "Revoke" }).click();
  await expect(row(page, name)).toContainText("Revoked");
  expect((await program.get("/api/v1/clients?limit=1")).status()).toBe(401);
  await program.dispose();
});

function row(page: Page, name: string) {
  return page.getByRole("main").getByRole("listitem").filter({ hasText: name });
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Second step" })).toBeVisible();
}

async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Your account" }).filter({ hasText: name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

/** What an authenticator shows (RFC 6238), so many steps of half a minute from now. */
function authenticator(secret: string, steps: number): string {
  const bits = [...secret.replace(/=+$/, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return ((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}
