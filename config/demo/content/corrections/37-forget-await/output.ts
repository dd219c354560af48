import { closeTill, markClosed } from "../tills";
import type { Shop } from "../types";

/** Close every open till of `shop`, then its day. */
export async function closeDay(shop: Shop, day: string): Promise<void> {
  shop.tills.filter((till) => till.open).forEach(async (till) => {
    const counted = await till.count();
    await closeTill(till.id, counted);
  });
  await markClosed(shop.id, day);
}
