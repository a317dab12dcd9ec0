use domain::organizations::Trade;
use domain::text::Language;

use super::{Business, Item, Region, item};

const LYON: Region = Region {
    country: "France",
    cities: &[("Lyon", "690"), ("Villeurbanne", "691"), ("Vienne", "382"), ("Bron", "695"), ("Caluire-et-Cuire", "693")],
    streets: &[
        "rue de la République", "avenue Berthelot", "quai Perrache", "rue des Charpennes", "montée de la Grande-Côte", "cours Gambetta",
    ],
    first_names: &[
        "Amélie", "Baptiste", "Chloé", "Damien", "Élodie", "François", "Gaëlle", "Hugo", "Inès", "Jérôme", "Léa", "Mathieu", "Noémie",
    ],
    last_names: &["Lefèvre", "Moreau", "Girard", "Bonnet", "Dupuis", "Fontaine", "Chevalier", "Perrin", "Besson", "Guérin", "Marchand"],
    companies: &["Taxis {}", "Ambulances {}", "{} Transports", "Livraisons {}", "Auto-école {}", "{} & Fils"],
    phone: "+33 4 72",
    currency: "EUR",
    exchange: 1,
    tax: Some(("TVA", "20")),
};

const ITEMS: &[Item] = &[
    item("Mechanic, hours", "", "h", (2, 20), (6_900, 6_900)),
    item("Diagnostics", "Fault memory read, test drive", "pc", (4, 4), (5_900, 8_900)),
    item("Engine oil 5W-30", "", "l", (16, 26), (1_290, 1_590)),
    item("Oil filter", "", "pc", (4, 4), (1_350, 2_400)),
    item("Brake pads, front axle", "", "set", (4, 4), (5_900, 11_900)),
    item("Brake discs, front axle", "Pair", "set", (4, 4), (11_800, 23_600)),
    item("Timing belt with water pump", "", "set", (4, 4), (23_500, 41_000)),
    item("Clutch, three parts", "", "set", (4, 4), (28_900, 52_000)),
    item("Tyre 205/55 R16", "Mounted and balanced", "pc", (8, 16), (8_450, 12_900)),
    item("Battery 70 Ah", "", "pc", (4, 4), (12_400, 16_900)),
    item("Air conditioning service", "Refrigerant R1234yf", "pc", (4, 4), (13_900, 18_900)),
    item("Wiper blades", "Pair", "set", (4, 4), (2_490, 3_990)),
    item("Contrôle technique, presented", "", "pc", (4, 4), (8_200, 8_200)),
    item("Courtesy car", "", "day", (4, 16), (2_900, 2_900)),
];

/// A garage between two rivers.
pub const GARAGE: Business = Business {
    name: "Garage Béranger",
    slug: "garage-beranger",
    trade: Trade::RepairShop,
    time_zone: "Europe/Paris",
    currency: "EUR",
    language: Language::En,
    color: "#d9952a",
    address: ["18 rue Marius Berliet", "69008", "Lyon", "France"],
    phone: "+33 4 72 55 01 40",
    footer: "Garage Béranger SARL · TVA FR 64 512 907 338 · Payable on collection unless agreed otherwise",
    prefix: "GB",
    terms: 7,
    partial: false,
    members: ["Colette Béranger", "Youssef Amrani", "Julie Roche", "Thierry Vial", "Karim Benali"],
    regions: &[(100, LYON)],
    companies: 30,
    items: ITEMS,
    references: &["AB-{}-CD", "FK-{}-LR", "EW-{}-ZT", ""],
    notes: &["Replaced parts are kept for a week.", "Next service in 15,000 km.", ""],
};
