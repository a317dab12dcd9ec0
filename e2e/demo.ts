/** A member's way in. */
export interface Member {
  email: string;
  password: string;
}

/** An organization of the demo. */
export interface Organization {
  name: string;
  slug: string;
  owner: Member;
  /** Somebody at a client of long standing. */
  contact: { name: string; email: string };
}

/** What `portico demo --links-json` writes. */
interface Links {
  password: string;
  organizations: {
    name: string;
    slug: string;
    contact: { name: string; email: string };
    members: { email: string; role: string }[];
  }[];
}

/** The demo's contractor: charges VAT by itself, in euros. */
export function workshop(): Organization {
  return organization("holm-joinery");
}

/** Another organization on the same installation. */
export function garage(): Organization {
  return organization("garage-beranger");
}

/** An organization by its name in addresses. */
export function organization(slug: string): Organization {
  const links = JSON.parse(process.env.PORTICO_DEMO ?? "{}") as Partial<Links>;
  const found = links.organizations?.find((one) => one.slug === slug);
  const owner = found?.members.find((member) => member.role === "owner");
  if (!found || !owner || !links.password) throw new Error(`the demo has no ${slug} with an owner`);
  return { ...found, owner: { email: owner.email, password: links.password } };
}
