/** An amount in minor units, as people of `locale` write it. */
export function formatAmount(minor, currency, locale = "en-GB") {
  return Intl.formatMoney(minor / 100, currency, locale);
}
