import { mkdirSync } from "node:fs";
import { organization, workshop } from "./demo.ts";
import { expect, test as base } from "./fixtures.ts";

// What to look at, from `just screenshots /console/invoices /holm-joinery …`; the folder is emptied by nobody.
const paths = (process.env.PORTICO_SHOTS ?? "").split(/\s+/).filter(Boolean);
// Nothing named: the pictures of the README.
const pictures = [
  { name: "portal-home", path: () => portal(), width: 360 },
  { name: "portal-invoice", path: () => `${portal()}/invoices`, width: 360, open: /^Invoice H-/ },
  { name: "console-today", path: () => "/console", width: 1280 },
  { name: "console-invoices", path: () => "/console/invoices", width: 1280 },
];
const height = (width: number) => (width < 768 ? 740 : 800);

const portal = () => `/${workshop().slug}`;

/** Signs in where the page asks for it, as owner or as the organization's first contact, and opens the page. */
const test = base.extend<{ look: (path: string) => Promise<void> }>({
  look: async ({ page, signInMember, signInContact }, use) =>
    use(async (path) => {
      const [slug = ""] = path.replace(/^\//, "").split("/");
      if (slug === "console") {
        await signInMember(workshop().owner);
      } else {
        await signInContact(page, organization(slug), organization(slug).contact.email);
      }
      const answer = await page.goto(path, { waitUntil: "networkidle" });
      expect(answer?.ok(), `${path} answers ${answer?.status()}`).toBe(true);
    }),
});

if (paths.length === 0) {
  mkdirSync("../docs/screenshots", { recursive: true });
  for (const { name, path, width, open } of pictures) {
    test.describe(name, () => {
      const viewport = { width, height: height(width) };
      test.use({ viewport, colorScheme: "light", deviceScaleFactor: width < 768 ? 2 : 1 });

      test("picture for the README", async ({ page, look }) => {
        await look(path());
        if (open) {
          await page.getByRole("link", { name: open }).first().click();
          await expect(page.getByRole("heading", { name: /^Invoice / })).toBeVisible();
          await page.waitForLoadState("networkidle");
        }
        await page.screenshot({ path: `../docs/screenshots/${name}.png` });
      });
    });
  }
}

for (const path of paths) {
  const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "root";
  for (const width of [360, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test.describe(`${path} at ${width}, ${colorScheme}`, () => {
        test.use({ viewport: { width, height: height(width) }, colorScheme });

        test("picture", async ({ page, look }) => {
          mkdirSync("shots", { recursive: true });
          await look(path);
          await page.screenshot({ path: `shots/${name}-${width}-${colorScheme}.png`, fullPage: true });
        });
      });
    }
  }
}
