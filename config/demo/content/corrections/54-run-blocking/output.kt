package org.example.history

import androidx.lifecycle.ViewModel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.runBlocking

class HistoryViewModel(private val payments: Payments) : ViewModel() {
    val rows = MutableStateFlow<List<Payment>>(emptyList())

    init { refresh() }

    fun refresh() = runBlocking {
        rows.value = payments.latest(limit = 50)
    }
}
