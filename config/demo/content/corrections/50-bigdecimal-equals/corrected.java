package org.example.ledger;

import java.math.BigDecimal;
import java.util.List;

final class Balance {
    private Balance() {}

    /** Whether the debits and credits of a journal cancel out. */
    static boolean isBalanced(List<Posting> postings) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Posting posting : postings) {
            sum = posting.isDebit() ? sum.add(posting.amount()) : sum.subtract(posting.amount());
        }
        return sum.signum() == 0;
    }
}
