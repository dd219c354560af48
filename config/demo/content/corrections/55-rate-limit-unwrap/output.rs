use std::collections::HashMap;

/// Headers by their lower-case name.
pub struct Headers(pub HashMap<String, String>);

impl Headers {
    /// How many requests the partner may still make, from the X-Quota header; 0 when it is absent.
    pub fn quota(&self) -> u32 {
        self.0
            .get("x-quota")
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
            .map(|value| value.parse::<u32>().unwrap())
            .or(Some(0))
            .unwrap()
    }
}
