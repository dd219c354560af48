// The browser's own keeping: decisions not sent yet, and what is typed. Survives a reload and a crash.
const VERSION = 1;
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("emend", VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("outbox", { keyPath: "id", autoIncrement: true });
      asked.result.createObjectStore("drafts", { keyPath: "key" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("the store is blocked"));
  });
  return opened;
}

/** Run `work` on a store in one transaction; resolves with its answer once all of it is kept. */
export async function within(name, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, mode);
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
  });
}

export const put = (name, value) => within(name, "readwrite", (store) => store.put(value));
export const get = (name, key) => within(name, "readonly", (store) => store.get(key));
export const all = (name) => within(name, "readonly", (store) => store.getAll());
export const remove = (name, key) => within(name, "readwrite", (store) => store.delete(key));

/** Change what is kept under a key, if it is still there: read and written in one transaction. */
export function change(name, key, alter) {
  return within(name, "readwrite", (store) => {
    const asked = store.get(key);
    asked.onsuccess = () => { if (asked.result) store.put(alter(asked.result)); };
    return asked;
  });
}
