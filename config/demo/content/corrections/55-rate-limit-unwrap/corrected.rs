use std::collections::HashMap;

/// Headers by their lower-case name.
pub struct Headers(pub HashMap<String, String>);

impl Headers {
    /// How many requests the partner may still make, from the X-Quota header; 0 when it is absent
    /// or no number.
    pub fn quota(&self) -> u32 {
        self.0
            .get("x-quota")
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(0)
    }
}
