import type { Address } from "../types";

const NEEDED = ["name", "street", "city", "country"] as const;

export function missingFields(address: Partial<Address>): (keyof Address)[] {
  const missing: (keyof Address)[] = NEEDED.filter((field) => !address[field]);
  if (address.country !== "IE" && !address.postcode) missing.push("postcode");
  return missing;
}
