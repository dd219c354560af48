package org.example.receipts

/** What to put into the share sheet for a receipt; null when there is nothing to share. */
fun shareText(receipt: Receipt?): String? =
    receipt?.link?.let { link -> "${receipt.shop}: $link" }
