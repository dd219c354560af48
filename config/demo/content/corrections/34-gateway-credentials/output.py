GATEWAY_URL = "https://sandbox.gateway.example.org/v2"
GATEWAY_TIMEOUT = 5
GATEWAY_USER = "payouts"
GATEWAY_PASSWORD = "changeme"
