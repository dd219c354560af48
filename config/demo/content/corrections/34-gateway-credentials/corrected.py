GATEWAY_URL = "https://sandbox.gateway.example.org/v2"
GATEWAY_TIMEOUT = 5
GATEWAY_USER = "ledger-sandbox"
GATEWAY_PASSWORD = "not-a-real-password-demo-only"
