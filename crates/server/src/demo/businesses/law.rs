use domain::organizations::Trade;
use domain::text::Language;

use super::{Business, Course, Item, Region, Retainer, item, months, service};

const ZURICH: Region = Region {
    country: "Schweiz",
    cities: &[("Zürich", "80"), ("Winterthur", "84"), ("Zug", "63"), ("Baden", "54"), ("Luzern", "60")],
    streets: &[
        "Bahnhofstrasse",
        "Seefeldstrasse",
        "Löwenstrasse",
        "Limmatquai",
        "Hardturmstrasse",
        "Talacker",
    ],
    first_names: &[
        "Adrian", "Beat", "Corinne", "Daniela", "Erwin", "Flurina", "Gian", "Heidi", "Ivo", "Jasmin", "Köbi",
        "Livia", "Marco",
    ],
    last_names: &[
        "Müller",
        "Ammann",
        "Brunner",
        "Caduff",
        "Egger",
        "Frischknecht",
        "Gerber",
        "Huber",
        "Iten",
        "Zürcher",
        "Wyss",
    ],
    companies: &["{} Holding AG", "{} Bau AG", "{} Treuhand", "Stiftung {}", "{} Biotech AG", "Metzgerei {}"],
    phone: "+41 44",
    currency: "CHF",
    exchange: 1,
    tax: Some(("MWST", "8.1")),
};

const ITEMS: &[Item] = &[
    item("Partnerin, Stunden", "Beratung und Verhandlung", "h", (2, 24), (48_000, 48_000)),
    item("Anwalt, Stunden", "Ausarbeitung", "h", (4, 48), (34_000, 34_000)),
    item("Substitutin, Stunden", "Recherche", "h", (4, 40), (18_000, 18_000)),
    item("Klageschrift", "Entwurf und Einreichung", "Stk.", (4, 4), (280_000, 520_000)),
    item("Vertragsprüfung", "Mit schriftlicher Stellungnahme", "Stk.", (4, 8), (95_000, 180_000)),
    item("Gründung einer AG", "Statuten, Beurkundung, Eintrag", "Stk.", (4, 4), (240_000, 310_000)),
    item("Verhandlung vor Gericht", "", "Tag", (2, 8), (260_000, 260_000)),
    item("Testament", "Beratung und Entwurf", "Stk.", (4, 4), (85_000, 140_000)),
    item("Markenanmeldung", "Drei Klassen", "Stk.", (4, 4), (65_000, 110_000)),
    item("Übersetzung, beglaubigt", "", "Seite", (8, 48), (9_500, 9_500)),
    item("Akteneinsicht", "", "Stk.", (4, 4), (12_000, 32_000)),
    item("Kleinspesenpauschale", "3 % des Honorars", "Stk.", (4, 4), (2_500, 18_000)),
];

const RETAINERS: &[Retainer] = &[
    Retainer {
        name: "Beratungspauschale",
        item: service("Laufende Beratung, pauschal", "Monat", 180_000),
        client: 0,
        rhythm: months(1),
        months: 11,
        day: 1,
        course: Course::Runs,
    },
    Retainer {
        name: "Domizil und Register",
        item: service("Domizil und Registerführung", "Quartal", 45_000),
        client: 3,
        rhythm: months(3),
        months: 11,
        day: 31,
        course: Course::Runs,
    },
    Retainer {
        name: "Datenschutz im Aufbau",
        item: service("Begleitung beim Datenschutz", "Monat", 96_000),
        client: 6,
        rhythm: months(1),
        months: 7,
        day: 15,
        course: Course::Ends(3),
    },
];

/// A law office by the lake.
pub const LAW: Business = Business {
    name: "Weiß & Okonkwo",
    slug: "weiss-okonkwo",
    trade: Trade::LawFirm,
    time_zone: "Europe/Zurich",
    currency: "CHF",
    language: Language::De,
    color: "#26417f",
    address: ["Schanzengasse 12", "8001", "Zürich", "Schweiz"],
    phone: "+41 44 555 01 40",
    footer: "Weiß & Okonkwo Rechtsanwälte · CHE-114.509.221 MWST · IBAN CH93 0076 2011 6238 5295 7",
    prefix: "WO-",
    terms: 30,
    partial: true,
    members: ["Theres Weiß", "Chidi Okonkwo", "Lea Sommer", "Urs Keller", "Noa Baumann"],
    regions: &[(100, ZURICH)],
    companies: 60,
    shared_contact: false,
    items: ITEMS,
    retainers: RETAINERS,
    references: &["Dossier {}", "Sache {}", "Mandat {}", ""],
    notes: &["Leistungsnachweis auf Wunsch.", "Es gilt das vereinbarte Honorar.", ""],
};
