//! What the columns of a file mean: guessed from their headings, in several languages.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::imports::{ImportField as F, ImportKind};

/// Headings by meaning, as [`fold`] leaves them, between spaces. An earlier line wins where a heading could be two things.
type Words = &'static [(F, &'static str)];

const CLIENTS: Words = &[
    (
        F::ExternalId,
        "customerid clientid accountid companyid customernumber customerno customernr clientnumber \
     clientno accountnumber externalid id no number kundennummer kundennr kundenid kdnr nummer nr \
     debitor debitorennummer numeroclient numclient codeclient idcliente numerocliente codcliente \
     codicecliente klantnummer kundenr kundnummer",
    ),
    (
        F::Name,
        "company companyname customer customername client clientname organization organisation business \
     businessname name displayname account accountname firma firmenname firmierung unternehmen kunde \
     kundenname societe entreprise raisonsociale nom empresa razonsocial nombre nome azienda \
     ragionesociale bedrijf bedrijfsnaam naam foretag navn namn",
    ),
    (F::FirstName, FIRST_NAME),
    (F::LastName, LAST_NAME),
    (F::Email, EMAIL),
    (F::Phone, PHONE),
    (
        F::Street,
        "street streetaddress address address1 addressline1 billingaddress billingstreet strasse \
     strasseundhausnummer strassehausnummer adresse anschrift rue adresse1 calle direccion rua morada \
     endereco via indirizzo straat adres gate gata adress",
    ),
    (F::Extra, "address2 addressline2 street2 suite unit adresszusatz zusatz adresse2 complementadresse"),
    (
        F::PostalCode,
        "postalcode postcode zip zipcode billingpostalcode plz postleitzahl codepostal cp codigopostal \
     cap postnummer postnr",
    ),
    (
        F::City,
        "city town billingcity ort stadt wohnort ville ciudad cidade localidade citta plaats woonplaats \
     by poststed stad",
    ),
    (F::Region, "state region province county billingstate bundesland kanton departement provincia estado"),
    (F::Country, "country billingcountry countrycode land pays pais paese nazione"),
    (
        F::TaxNumber,
        "taxnumber taxid vatnumber vatid vat ustid ustidnr umsatzsteuerid steuernummer uid numerotva tva \
     nif cif partitaiva piva btwnummer orgnr",
    ),
    (F::InternalNote, "note notes internalnote comment comments remark remarks notiz bemerkung notas"),
];

const FIRST_NAME: &str =
    "firstname givenname forename vorname prenom primernombre primeironome voornaam fornavn fornamn";
const LAST_NAME: &str = "lastname surname familyname nachname familienname zuname nomdefamille apellido apellidos \
     sobrenome apelido cognome achternaam etternavn efternavn efternamn";
const EMAIL: &str = "email emailaddress mail mailaddress contactemail emailadresse mailadresse courriel adressemail \
     adresseemail correo correoelectronico correio indirizzoemail emailadres epost";
const PHONE: &str = "phone phonenumber telephone telephonenumber tel mobile mobilephone cell telefon telefonnummer \
     telefonnr handy mobil rufnummer portable telefono movil telefone telemovel cellulare telefoon";
const CLIENT: &str = "customerid clientid accountid companyid customernumber customerno customernr clientnumber \
     kundennummer kundennr kundenid kdnr debitor numeroclient codeclient idcliente codcliente \
     klantnummer kundenr customer client company customername clientname companyname account billto \
     kunde kundenname firma empfaenger empfanger societe cliente empresa klant bedrijf";

const CONTACTS: Words = &[
    (F::Client, CLIENT),
    (F::FirstName, FIRST_NAME),
    (F::LastName, LAST_NAME),
    (F::Name, "name fullname contact contactname displayname ansprechpartner kontakt nom nombre nome"),
    (F::Email, EMAIL),
    (F::Phone, PHONE),
    (
        F::JobTitle,
        "jobtitle title position role function funktion stellung rolle fonction poste cargo functie",
    ),
];

const INVOICES: Words = &[
    (F::ExternalId, "invoiceid id externalid rechnungsid documentid idfacture idfactura"),
    (
        F::Number,
        "invoicenumber invoiceno invoicenr invoice number no documentnumber rechnungsnummer rechnungsnr \
     rechnungnr renr rgnr belegnummer belegnr nummer nr rechnung numerofacture numfacture facture \
     numerofactura factura fatura numerofattura fattura factuurnummer",
    ),
    (F::Client, CLIENT),
    (
        F::IssuedOn,
        "invoicedate issuedate issuedon issued dateissued date billingdate documentdate rechnungsdatum \
     belegdatum ausstellungsdatum datum datefacture datedefacturation fecha fechafactura data \
     datafattura dataemissao factuurdatum dato",
    ),
    (
        F::DueOn,
        "duedate dueon due paymentdue payby faelligkeit falligkeit faelligam falligam falligkeitsdatum \
     faelligkeitsdatum zahlbarbis zahlungsziel echeance datecheance dateecheance vencimiento \
     fechavencimiento vencimento scadenza vervaldatum forfallsdato",
    ),
    (F::Currency, "currency currencycode waehrung wahrung devise moneda moeda valuta divisa"),
    (
        F::Total,
        "total totalamount invoicetotal grandtotal amount amountdue gross grossamount gesamt gesamtbetrag \
     summe betrag brutto bruttobetrag rechnungsbetrag endbetrag montant montantttc totalttc importe \
     importetotal valor totale importo totaal bedrag belop",
    ),
    (
        F::Reference,
        "reference ref ponumber purchaseorder ordernumber yourreference referenz bestellnummer ihrzeichen \
     referencia",
    ),
    (F::Note, "note notes memo comment comments message bemerkung notiz hinweis remarque notas"),
];

const LINES: Words = &[
    (
        F::Invoice,
        "invoiceid invoicenumber invoiceno invoicenr invoice rechnungsid rechnungsnummer rechnungsnr \
     rechnungnr renr rgnr belegnummer rechnung numerofacture facture factura fatura fattura \
     factuurnummer",
    ),
    (
        F::Description,
        "description item itemname product productname service name title text beschreibung bezeichnung \
     artikel leistung position designation libelle descripcion descricao concepto descrizione \
     omschrijving beskrivelse beskrivning",
    ),
    (F::Detail, "detail details longdescription notes note einzelheiten langtext zusatztext"),
    (
        F::Quantity,
        "quantity qty count hours units menge anzahl stunden quantite qte cantidad quantidade qtd \
     quantita aantal antall antal",
    ),
    (F::Unit, "unit uom unitofmeasure einheit mengeneinheit me unite unidad unidade unita eenheid"),
    (
        F::UnitPrice,
        "unitprice price rate unitcost priceperunit einzelpreis stueckpreis stuckpreis preis epreis ep \
     prixunitaire pu prix preciounitario precio precounitario preco prezzounitario prezzo stuksprijs \
     prijs enhetspris pris",
    ),
    (F::TaxName, "taxname taxlabel taxtype tax steuerart steuer steuername taxe impuesto imposto"),
    (
        F::TaxRate,
        "taxrate taxpercent taxpercentage vatrate vatpercent vat steuersatz mwst mwstsatz ust ustsatz \
     mehrwertsteuer tva tauxtva iva tipoiva taxaiva aliquota aliquotaiva btw mva moms",
    ),
];

/// What a kind of file must tell of each row, and which columns can: one of each group must be there.
pub fn needed(kind: ImportKind) -> &'static [&'static [F]] {
    match kind {
        ImportKind::Clients => &[&[F::Name, F::FirstName, F::LastName]],
        ImportKind::Contacts => &[&[F::Client], &[F::Email]],
        ImportKind::Invoices => &[&[F::Number, F::ExternalId], &[F::Client], &[F::IssuedOn]],
        ImportKind::InvoiceLines => &[&[F::Invoice], &[F::Description], &[F::UnitPrice]],
    }
}

/// Guesses what each heading means. A meaning goes to one heading: the one whose word comes first.
pub fn guess(kind: ImportKind, headings: &[String]) -> BTreeMap<String, F> {
    let words = match kind {
        ImportKind::Clients => CLIENTS,
        ImportKind::Contacts => CONTACTS,
        ImportKind::Invoices => INVOICES,
        ImportKind::InvoiceLines => LINES,
    };
    let folded: HashMap<String, &String> =
        headings.iter().rev().map(|heading| (fold(heading), heading)).collect();
    let mut mapping = BTreeMap::new();
    for (field, words) in words {
        let found = words
            .split_whitespace()
            .filter_map(|word| folded.get(word))
            .find(|heading| !mapping.contains_key(**heading));
        if let Some(heading) = found {
            mapping.insert((*heading).clone(), *field);
        }
    }
    mapping
}

/// Says what is wrong with a mapping that somebody gave.
pub fn check(kind: ImportKind, headings: &[String], mapping: &BTreeMap<String, F>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for (heading, field) in mapping {
        if !headings.contains(heading) {
            return Err(format!("the file has no column {heading:?}"));
        }
        if !kind.fields().contains(field) {
            return Err(format!(
                "{heading:?} can't be {}: a file of {} has no such thing",
                field.as_str(),
                kind.as_str()
            ));
        }
        if !seen.insert(field) {
            return Err(format!("two columns are said to be {}", field.as_str()));
        }
    }
    Ok(())
}

/// A text without case, accents, spaces and signs.
pub fn fold(heading: &str) -> String {
    let mut folded = String::new();
    for c in heading.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            c if c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(kind: ImportKind, headings: &str) -> Vec<String> {
        let headings: Vec<String> = headings.split(',').map(ToOwned::to_owned).collect();
        let mapping = guess(kind, &headings);
        check(kind, &headings, &mapping).unwrap();
        headings
            .iter()
            .map(|heading| mapping.get(heading).map_or("-", |field| field.as_str()).to_owned())
            .collect()
    }

    #[test]
    fn a_music_shop_s_tables() {
        let customers = "CustomerId,FirstName,LastName,Company,Address,City,State,Country,PostalCode,Phone,Fax,Email,SupportRepId";
        assert_eq!(
            guessed(ImportKind::Clients, customers).join(","),
            "external_id,first_name,last_name,name,street,city,region,country,postal_code,phone,-,email,-"
        );
        let invoices = "InvoiceId,CustomerId,InvoiceDate,BillingAddress,BillingCity,BillingPostalCode,Total";
        assert_eq!(
            guessed(ImportKind::Invoices, invoices).join(","),
            "external_id,client,issued_on,-,-,-,total"
        );
        let lines = "InvoiceLineId,InvoiceId,TrackId,Description,UnitPrice,Quantity";
        assert_eq!(
            guessed(ImportKind::InvoiceLines, lines).join(","),
            "-,invoice,-,description,unit_price,quantity"
        );
    }

    #[test]
    fn german_headings() {
        let clients = "Kunden-Nr.,Firma,Vorname,Nachname,E-Mail,Telefon,Straße,Adresszusatz,PLZ,Ort,Bundesland,Land,USt-IdNr.,Notiz";
        assert_eq!(
            guessed(ImportKind::Clients, clients).join(","),
            "external_id,name,first_name,last_name,email,phone,street,extra,postal_code,city,region,country,tax_number,internal_note"
        );
        let invoices = "Rechnungsnr.,Kundennummer,Rechnungsdatum,Fällig am,Währung,Gesamtbetrag,Ihr Zeichen";
        assert_eq!(
            guessed(ImportKind::Invoices, invoices).join(","),
            "number,client,issued_on,due_on,currency,total,reference"
        );
        let lines = "Rechnung,Bezeichnung,Menge,Einheit,Einzelpreis,Steuersatz";
        assert_eq!(
            guessed(ImportKind::InvoiceLines, lines).join(","),
            "invoice,description,quantity,unit,unit_price,tax_rate"
        );
        let contacts = "Kunde,Ansprechpartner,E-Mail-Adresse,Handy,Funktion";
        assert_eq!(guessed(ImportKind::Contacts, contacts).join(","), "client,name,email,phone,job_title");
    }

    #[test]
    fn other_languages_and_rivals() {
        let french = "N°,Raison sociale,Prénom,Courriel,Téléphone,Rue,Code postal,Ville,Pays";
        assert_eq!(
            guessed(ImportKind::Clients, french).join(","),
            "-,name,first_name,email,phone,street,postal_code,city,country"
        );
        // Both could be the name; the company is.
        assert_eq!(guessed(ImportKind::Clients, "Name,Company,ID").join(","), "-,name,external_id");
        assert_eq!(
            guessed(ImportKind::Invoices, "Invoice,Invoice ID,Client").join(","),
            "number,external_id,client"
        );
    }

    #[test]
    fn mappings_of_others_are_checked() {
        let headings = ["A".to_owned(), "B".to_owned()];
        let check = |pairs: &[(&str, F)]| {
            let mapping = pairs.iter().map(|(heading, field)| ((*heading).to_owned(), *field)).collect();
            check(ImportKind::Clients, &headings, &mapping).unwrap_err()
        };
        assert_eq!(check(&[("C", F::Name)]), "the file has no column \"C\"");
        assert_eq!(check(&[("A", F::Total)]), "\"A\" can't be total: a file of clients has no such thing");
        assert_eq!(check(&[("A", F::Name), ("B", F::Name)]), "two columns are said to be name");
    }
}
