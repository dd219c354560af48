// When the browser and the key do not come to terms, say so where the person looks.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const cancelled = event.detail.exception?.name === "NotAllowedError";
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = cancelled
    ? "The key was not used in time, or you cancelled. Nothing was changed. Try again."
    : "This browser could not use the key. Nothing was changed. Try another way to log in.";
  document.getElementById("messages").replaceChildren(toast);
});
