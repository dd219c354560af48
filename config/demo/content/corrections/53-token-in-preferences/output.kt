package org.example.auth

import android.content.SharedPreferences

class TokenStore(private val preferences: SharedPreferences) {
    var refreshToken: String?
        get() = preferences.getString("refresh_token", null)
        set(value) {
            preferences.edit()
                .putString("refresh_token", value)
                .apply()
        }
}
