import { api } from "../api";

/** Upload a dispute's files; their ids, in order. */
export async function uploadEvidence(dispute: string, files: File[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) {
    const body = new FormData();
    body.append("file", file);
    const { id } = await api.post<{ id: string }>(`/disputes/${dispute}/evidence`, body);
    ids.push(id);
  }
  return ids;
}
