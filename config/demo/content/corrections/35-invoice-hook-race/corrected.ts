import { useEffect, useState } from "react";

import { api } from "../api";
import type { Invoice } from "../types";

export function useInvoice(id: string) {
  const [invoice, setInvoice] = useState<Invoice | null>(null);
  const [error, setError] = useState<Error | null>(null);

  useEffect(() => {
    const request = new AbortController();
    setInvoice(null);
    setError(null);
    api
      .get<Invoice>(`/invoices/${encodeURIComponent(id)}`, { signal: request.signal })
      .then(setInvoice)
      .catch((reason: Error) => {
        if (!request.signal.aborted) setError(reason);
      });
    return () => request.abort();
  }, [id]);

  return { invoice, error, loading: invoice === null && error === null };
}
