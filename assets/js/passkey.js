// A passkey for signing in, enrolling or signing: the server's options go to the authenticator, its answer into a hidden
// field, and the form is sent. When a signature is given, the challenge is the hash of the statement shown.
import { each, on, word } from "./page.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function decoded(options) {
  const from = options.publicKey ?? options;
  const ids = (list) => list?.map((entry) => ({ ...entry, id: bytes(entry.id) }));
  const to = { ...from, challenge: bytes(from.challenge) };
  if (from.user) to.user = { ...from.user, id: bytes(from.user.id) };
  if (from.allowCredentials) to.allowCredentials = ids(from.allowCredentials);
  if (from.excludeCredentials) to.excludeCredentials = ids(from.excludeCredentials);
  return to;
}

function encoded(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts,
    clientExtensionResults: credential.getClientExtensionResults(), authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  };
}

const REASONS = {
  NotAllowedError: ["passkey-cancelled", "The passkey was not used: cancelled, or it took too long. Try again, or choose another way."],
  InvalidStateError: ["passkey-known", "This passkey is registered already."],
  SecurityError: ["passkey-address", "Passkeys do not work at this address. Choose another way."],
};

function sorry(form, error) {
  const place = form.querySelector("[data-passkey-error]");
  if (!place) return;
  place.hidden = false;
  place.textContent = word(...(REASONS[error.name] ?? ["passkey-failed", "The passkey could not be used. Choose another way."]));
}

async function ceremony(form) {
  const options = decoded(JSON.parse(form.querySelector("[data-passkey-options]").textContent));
  const act = form.dataset.passkey === "create" ? "create" : "get";
  const credential = await navigator.credentials[act]({ publicKey: options });
  form.elements.credential.value = JSON.stringify(encoded(credential));
  form.requestSubmit();
}

on("click", "[data-passkey-go]", async (event, button) => {
  event.preventDefault();
  const form = button.form;
  button.disabled = true;
  await ceremony(form).catch((error) => sorry(form, error));
  button.disabled = false;
});

each("form[data-passkey]", (form) => {
  if (window.PublicKeyCredential) return;
  form.querySelectorAll("[data-passkey-go]").forEach((button) => { button.disabled = true; });
  sorry(form, { name: "SecurityError" });
});
