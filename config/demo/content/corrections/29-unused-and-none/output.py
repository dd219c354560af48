import os, sys
import json
from typing import Dict, Optional


def to_filter(data: Dict) -> Dict:
    """The index's filter for what the person asked."""
    terms = {}
    if data.get("account") != None:
        terms["account"] = data["account"]
    if data.get("only_open") == True:
        terms["state"] = "open"
    if not data.get("currency") in (None, ""):
        terms["currency"] = data["currency"].upper()
    return terms
