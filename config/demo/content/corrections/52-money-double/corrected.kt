package org.example.core

import java.math.BigDecimal
import java.util.Currency

/** An amount in minor units, so that sums are exact. */
data class Money(val minor: Long, val currency: Currency) {
    operator fun plus(other: Money): Money {
        require(currency == other.currency) { "cannot add $currency and ${other.currency}" }
        return copy(minor = Math.addExact(minor, other.minor))
    }

    operator fun times(count: Int) = copy(minor = Math.multiplyExact(minor, count.toLong()))

    override fun toString() =
        "${BigDecimal.valueOf(minor, currency.defaultFractionDigits)} ${currency.currencyCode}"
}
