/** An amount in minor units, as people of `locale` write it. */
export function formatAmount(minor, currency, locale = "en-GB") {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const { maximumFractionDigits: digits } = format.resolvedOptions();
  return format.format(minor / 10 ** digits);
}
