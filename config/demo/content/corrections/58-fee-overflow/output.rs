/// The fee on `cents` at `basis_points`, rounded up.
pub fn fee(cents: u32, basis_points: u32) -> u32 {
    (cents * basis_points + 9_999) / 10_000
}
