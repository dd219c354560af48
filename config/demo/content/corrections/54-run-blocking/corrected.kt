package org.example.history

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch

class HistoryViewModel(private val payments: Payments) : ViewModel() {
    val rows = MutableStateFlow<List<Payment>>(emptyList())

    init { refresh() }

    fun refresh(): Job = viewModelScope.launch {
        rows.value = payments.latest(limit = 50)
    }
}
