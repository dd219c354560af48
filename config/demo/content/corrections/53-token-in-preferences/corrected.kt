package org.example.auth

import android.content.SharedPreferences
import org.example.core.KeystoreCipher

class TokenStore(
    private val preferences: SharedPreferences,
    private val cipher: KeystoreCipher,
) {
    var refreshToken: String?
        get() = preferences.getString("refresh_token_v2", null)?.let(cipher::decrypt)
        set(value) {
            preferences.edit()
                .remove("refresh_token")
                .putString("refresh_token_v2", value?.let(cipher::encrypt))
                .apply()
        }
}
