import { api } from "../api";

const AT_ONCE = 6; // the gateway refuses a seventh connection

/** Upload a dispute's files, a few at a time; their ids, in order. */
export async function uploadEvidence(dispute: string, files: File[]): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const some = files.slice(start, start + AT_ONCE).map((file) => upload(dispute, file));
    ids.push(...(await Promise.all(some)));
  }
  return ids;
}

async function upload(dispute: string, file: File): Promise<string> {
  const body = new FormData();
  body.append("file", file);
  const { id } = await api.post<{ id: string }>(`/disputes/${dispute}/evidence`, body);
  return id;
}
