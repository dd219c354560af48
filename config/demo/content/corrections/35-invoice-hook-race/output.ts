import { useEffect, useState } from "react";

import { api } from "../api";
import type { Invoice } from "../types";

export function useInvoice(id: string) {
  const [invoice, setInvoice] = useState<Invoice | null>(null);
  const [error, setError] = useState<Error | null>(null);

  useEffect(() => {
    setError(null);
    api
      .get<Invoice>(`/invoices/${id}`)
      .then((loaded) => {
        setInvoice(loaded);
      })
      .catch((reason) => {
        setError(reason);
        console.log(reason);
      });
  }, [id]);

  return { invoice, error, loading: invoice === null && error === null };
}
