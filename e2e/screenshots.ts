import { mkdirSync } from "node:fs";
import { expect, test, type Member } from "./fixtures.ts";

// What to look at, from `just screenshots /console/invoices /holm-joinery …`; the folder is emptied by nobody.
const paths = (process.env.PORTICO_SHOTS ?? "").split(/\s+/).filter(Boolean);
// Who looks: "address password" for pages of the console (and for reading the mail below) …
const [memberEmail, password] = (process.env.PORTICO_MEMBER ?? "").split(/\s+/);
const member: Member | undefined = memberEmail && password ? { email: memberEmail, password } : undefined;
// … and "address" for pages of a portal. Without them, the pages are seen as a stranger sees them.
const contactEmail = process.env.PORTICO_CONTACT;

if (paths.length === 0) throw new Error("name the pages to take: just screenshots /console /holm-joinery");
mkdirSync("shots", { recursive: true });

for (const path of paths) {
  const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "root";
  for (const width of [360, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test.describe(`${path} at ${width}, ${colorScheme}`, () => {
        test.use({ viewport: { width, height: width < 768 ? 740 : 800 }, colorScheme });

        test("picture", async ({ page, signInMember, signInContact }) => {
          const [organization = ""] = path.replace(/^\//, "").split("/");
          if (organization === "console") {
            if (member) await signInMember(member);
          } else if (contactEmail && member) {
            await signInContact({ organization, email: contactEmail }, member);
          }
          const answer = await page.goto(path, { waitUntil: "networkidle" });
          expect(answer?.ok(), `${path} answers ${answer?.status()}`).toBe(true);
          await page.screenshot({ path: `shots/${name}-${width}-${colorScheme}.png`, fullPage: true });
        });
      });
    }
  }
}
