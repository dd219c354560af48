import asyncio

FINAL = {"paid", "refused", "returned"}


async def wait_until_final(gateway, payout_id):
    """The payout's final status."""
    delay = 0.5
    while True:
        status = await gateway.status(payout_id)
        if status in FINAL:
            return status
        await asyncio.sleep(delay)
        delay = min(delay * 2, 30)
