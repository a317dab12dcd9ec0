use domain::organizations::Trade;
use domain::text::Language;

use super::{Business, Course, Item, Region, Retainer, item, months, service};

const COPENHAGEN: Region = Region {
    country: "Denmark",
    cities: &[("København", "1"), ("Aarhus", "8"), ("Odense", "5"), ("Aalborg", "9"), ("Roskilde", "4")],
    streets: &["Refshalevej", "Vesterbrogade", "Jægersborggade", "Strandgade", "Istedgade", "Amagerbrogade"],
    first_names: &[
        "Astrid", "Bjørn", "Clara", "Emil", "Freja", "Gustav", "Ida", "Jonas", "Karla", "Magnus", "Nanna",
        "Oskar", "Signe",
    ],
    last_names: &[
        "Sørensen",
        "Østergaard",
        "Kjær",
        "Lindholm",
        "Bagger",
        "Dahl",
        "Fabricius",
        "Højgaard",
        "Riis",
        "Winther",
    ],
    companies: &["{} Ceramics", "Bryggeri {}", "{} Arkitekter", "Galleri {}", "{} Cykler", "Forlaget {}"],
    phone: "+45 33",
    currency: "EUR",
    exchange: 1,
    tax: Some(("Moms", "25")),
};

const TOKYO: Region = Region {
    country: "Japan",
    cities: &[("Tokyo", "15"), ("Kyoto", "60"), ("Osaka", "53"), ("Fukuoka", "81")],
    streets: &["Jingumae", "Daikanyamacho", "Nakameguro", "Kawaramachi-dori", "Kitahama", "Aoyama"],
    first_names: &["Akiko", "Daichi", "Emi", "Haruto", "Kenji", "Mio", "Naoki", "Reiko", "Sota", "Yui"],
    last_names: &["Tanaka", "Sato", "Ōno", "Kobayashi", "Yoshida", "Matsumoto", "Inoue", "Shimizu"],
    companies: &["{} Design K.K.", "{} Shoten", "{} Records", "Gallery {}", "{} Seisakusho"],
    phone: "+81 3 5550",
    currency: "JPY",
    exchange: 160,
    tax: None,
};

const ITEMS: &[Item] = &[
    item("Design, days", "", "day", (2, 40), (88_000, 88_000)),
    item("Art direction, days", "", "day", (2, 16), (112_000, 112_000)),
    item("Front-end development, days", "", "day", (4, 48), (92_000, 92_000)),
    item("Identity: concept", "Two directions, one round of changes", "pc", (4, 4), (480_000, 760_000)),
    item("Website: templates", "Responsive, with editor", "pc", (8, 32), (68_000, 94_000)),
    item("Illustration", "Unlimited use for two years", "pc", (4, 24), (32_000, 58_000)),
    item("Photography, half a day", "With retouching of ten pictures", "pc", (4, 8), (94_000, 128_000)),
    item("Typeface licence", "Web, up to 500,000 views", "pc", (4, 4), (18_000, 42_000)),
    item("Poster series", "Print-ready files", "pc", (4, 12), (56_000, 98_000)),
    item("Workshop", "Up to eight people", "day", (2, 8), (165_000, 165_000)),
    item("Hosting and care", "", "month", (4, 12), (12_000, 24_000)),
    item("Proofs and couriers", "", "lot", (4, 4), (4_800, 16_000)),
];

const RETAINERS: &[Retainer] = &[
    Retainer {
        name: "Hosting and care",
        item: service("Hosting and care", "month", 18_000),
        client: 0,
        rhythm: months(1),
        months: 11,
        day: 1,
        course: Course::Runs,
    },
    Retainer {
        name: "Design retainer",
        item: service("Three days of design", "month", 264_000),
        client: 3,
        rhythm: months(1),
        months: 9,
        day: 15,
        course: Course::Runs,
    },
    Retainer {
        name: "Launch campaign",
        item: service("Social media, looked after", "month", 140_000),
        client: 5,
        rhythm: months(1),
        months: 8,
        day: 31,
        course: Course::Ends(4),
    },
];

/// A design studio between two seas.
pub const STUDIO: Business = Business {
    name: "Studio Ø",
    slug: "studio-o",
    trade: Trade::Agency,
    time_zone: "Europe/Copenhagen",
    currency: "EUR",
    language: Language::En,
    color: "#26221f",
    address: ["Refshalevej 163A", "1432", "København", "Denmark"],
    phone: "+45 33 55 01 40",
    footer: "Studio Ø ApS · CVR 41 20 77 35 · IBAN DK50 0040 0440 1162 43",
    prefix: "SO-",
    terms: 21,
    partial: true,
    members: ["Ida Østerby", "Malthe Krogh", "Yuki Andersen", "Rasmus Lund", "Sofie Bang"],
    regions: &[(70, COPENHAGEN), (30, TOKYO)],
    companies: 85,
    shared_contact: true,
    items: ITEMS,
    retainers: RETAINERS,
    references: &["Project {}", "PO {}", "Brand book {}", ""],
    notes: &["Rights pass on with payment.", "Thank you for the good work together.", ""],
};
