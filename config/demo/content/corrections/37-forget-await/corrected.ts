import { closeTill, markClosed } from "../tills";
import type { Shop } from "../types";

/** Close every open till of `shop`, then its day; the day stays open if a till cannot be closed. */
export async function closeDay(shop: Shop, day: string): Promise<void> {
  for (const till of shop.tills.filter((each) => each.open)) {
    const counted = await till.count();
    await closeTill(till.id, counted);
  }
  await markClosed(shop.id, day);
}
