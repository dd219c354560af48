/// The fee on `cents` at `basis_points`, rounded up; None when it does not fit.
pub fn fee(cents: u64, basis_points: u32) -> Option<u64> {
    let fee = (u128::from(cents) * u128::from(basis_points)).div_ceil(10_000);
    u64::try_from(fee).ok()
}
