pub struct Window {
    pub started_ms: u64,
    pub length_ms: u64,
}

impl Window {
    /// Whether the window is over at `now_ms`.
    pub fn is_over(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.started_ms) >= self.length_ms
    }
}
