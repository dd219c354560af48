package org.example.receipts

/** What to put into the share sheet for a receipt; null when there is nothing to share. */
fun shareText(receipt: Receipt?): String? =
    if (receipt != null && receipt!!.link != null) receipt!!.shop + ": " + receipt.link!! else null
