from datetime import date
from decimal import Decimal

from defusedxml import ElementTree

NS = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


def read_statement(path):
    tree = ElementTree.parse(path, forbid_dtd=True)
    for entry in tree.iterfind(".//c:Ntry", NS):
        if entry.findtext("c:Sts/c:Cd", namespaces=NS) != "BOOK":
            continue
        amount = entry.find("c:Amt", NS)
        sign = 1 if entry.findtext("c:CdtDbtInd", namespaces=NS) == "CRDT" else -1
        yield (
            date.fromisoformat(entry.findtext("c:BookgDt/c:Dt", namespaces=NS)),
            sign * Decimal(amount.text),
            amount.get("Ccy"),
            entry.findtext(".//c:RmtInf/c:Ustrd", default="", namespaces=NS),
        )
