use domain::organizations::Trade;
use domain::text::Language;

use super::{Business, Course, Item, Region, Retainer, item, months, service};

const FLENSBURG: Region = Region {
    country: "Germany",
    cities: &[
        ("Flensburg", "249"),
        ("Husum", "258"),
        ("Kiel", "241"),
        ("Schleswig", "248"),
        ("Niebüll", "259"),
    ],
    streets: &[
        "Hafenstraße",
        "Norderallee",
        "Angelburger Straße",
        "Lerchenweg",
        "Am Markt",
        "Mühlenholz",
        "Deichweg",
    ],
    first_names: &[
        "Anke", "Birte", "Carsten", "Dörte", "Enno", "Frauke", "Gesa", "Hauke", "Inga", "Jörn", "Katrin",
        "Lars", "Maren", "Nils",
    ],
    last_names: &[
        "Petersen",
        "Jürgensen",
        "Asmussen",
        "Clausen",
        "Thomsen",
        "Möller",
        "Brodersen",
        "Lorenzen",
        "Voß",
        "Hinrichsen",
        "Matzen",
    ],
    companies: &[
        "{} Hausverwaltung",
        "Hotel {}",
        "{} Immobilien GmbH",
        "Praxis Dr. {}",
        "Reederei {}",
        "Bäckerei {}",
        "{} & Partner",
    ],
    phone: "+49 461",
    currency: "EUR",
    exchange: 1,
    tax: Some(("VAT", "19")),
};

const ITEMS: &[Item] = &[
    item("Joiner, hours on site", "", "h", (8, 96), (5_800, 5_800)),
    item("Apprentice, hours on site", "", "h", (8, 64), (3_400, 3_400)),
    item("Oak worktop, oiled", "40 mm, edges eased, to measure", "m", (6, 18), (31_500, 38_000)),
    item("Base cabinet, birch plywood", "Drawers with soft close", "pc", (8, 32), (42_000, 56_000)),
    item("Interior door, solid ash", "With frame and fittings", "pc", (4, 16), (68_000, 92_000)),
    item(
        "Sash window, restored",
        "Glazing bead, putty, two coats of linseed oil paint",
        "pc",
        (4, 24),
        (54_000, 71_000),
    ),
    item("Staircase, beech, 14 treads", "Made and fitted", "pc", (4, 4), (620_000, 890_000)),
    item("Built-in wardrobe", "Sliding doors, interior to drawing", "pc", (4, 8), (280_000, 410_000)),
    item("Floorboards, Douglas fir", "28 mm, soap finish", "m²", (60, 240), (8_900, 11_500)),
    item("Sanding and oiling of floors", "", "m²", (60, 240), (2_900, 3_600)),
    item("Fittings and screws", "", "lot", (4, 4), (2_400, 18_000)),
    item("Disposal of old parts", "", "lot", (4, 4), (8_500, 24_000)),
    item("Travel", "Flensburg and 30 km around", "trip", (4, 12), (4_200, 4_200)),
    item("Survey and drawings", "", "h", (8, 32), (7_200, 7_200)),
];

const RETAINERS: &[Retainer] = &[
    Retainer {
        name: "Care of doors and windows",
        item: service("Doors and windows looked after", "quarter", 48_000),
        client: 0,
        rhythm: months(3),
        months: 11,
        day: 1,
        course: Course::Runs,
    },
    Retainer {
        name: "Timber in store",
        item: service("Place for 12 m³ of timber", "month", 9_600),
        client: 4,
        rhythm: months(1),
        months: 10,
        day: 31,
        course: Course::Runs,
    },
    Retainer {
        name: "Bench in the workshop",
        item: service("Bench and machines, shared", "month", 36_000),
        client: 6,
        rhythm: months(1),
        months: 9,
        day: 10,
        course: Course::Pauses,
    },
];

/// A joiner's shop by the fjord.
pub const JOINERY: Business = Business {
    name: "Holm & Søn Joinery",
    slug: "holm-joinery",
    trade: Trade::Contractor,
    time_zone: "Europe/Berlin",
    currency: "EUR",
    language: Language::En,
    color: "#15696b",
    address: ["Werftstraße 24", "24939", "Flensburg", "Germany"],
    phone: "+49 461 555 0140",
    footer: "Holm & Søn Joinery · VAT DE 318 552 914 · IBAN DE02 1203 0000 0000 2020 51",
    prefix: "H-",
    terms: 14,
    partial: true,
    members: ["Mette Holm", "Søren Holm", "Wiebke Carstens", "Ole Ibsen", "Finn Truelsen"],
    regions: &[(100, FLENSBURG)],
    companies: 40,
    shared_contact: true,
    items: ITEMS,
    retainers: RETAINERS,
    references: &["Job {}", "Order {}", "Kitchen {}", ""],
    notes: &[
        "Thank you for having us. The oil needs ten days to harden.",
        "Warranty: five years on all joints.",
        "",
    ],
};
