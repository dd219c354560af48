package payouts

import (
	"context"
	"fmt"
)

// Send sends a payout unless it is over the merchant's limit (ErrLimit).
func (s *Sender) Send(ctx context.Context, payout Payout) error {
	if err := s.limits.Check(ctx, payout.Merchant, payout.Amount); err != nil {
		return fmt.Errorf("payout %s: %v", payout.ID, err)
	}
	return s.gateway.Send(ctx, payout)
}
