// When the browser and the key do not come to terms, say so where the person looks.
import { word } from "./lib/words.js";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const cancelled = event.detail.exception?.name === "NotAllowedError";
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = cancelled
    ? word("passkeyCancelled")
    : word("passkeyFailed");
  document.getElementById("messages").replaceChildren(toast);
});
