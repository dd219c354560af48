import { api } from "../api";

/** Upload a dispute's files; their ids, in order. */
export async function uploadEvidence(dispute: string, files: File[]): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      const body = new FormData();
      body.append("file", file);
      const { id } = await api.post<{ id: string }>(`/disputes/${dispute}/evidence`, body);
      return id;
    }),
  );
}
