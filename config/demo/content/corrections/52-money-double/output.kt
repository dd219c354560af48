package org.example.core

data class Money(val amount: Double, val currency: String) {
    operator fun plus(other: Money) = Money(amount + other.amount, currency)

    operator fun times(count: Int) = Money(amount * count, currency)

    override fun toString() = "%.2f %s".format(amount, currency)
}
