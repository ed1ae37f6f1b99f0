// Small questions of the editor: a dialog with a few fields, answered or given up.
import { say } from "./words.js";

let count = 0;

function field({ name, label, hint, type = "text", value = "", list, min, max }) {
  const id = `ask-${++count}`;
  const box = document.createElement("div");
  box.className = "field";
  const put = (tag, props, text) => {
    const made = Object.assign(document.createElement(tag), props);
    if (text) made.textContent = text;
    box.append(made);
    return made;
  };
  put("label", { htmlFor: id }, label);
  if (hint) put("p", { className: "hint", id: `${id}-hint` }, hint);
  const error = put("p", { className: "error", id: `${id}-error`, hidden: true });
  error.setAttribute("role", "alert");
  const input = put("input", { id, name, type, autocomplete: "off" });
  input.value = value ?? "";
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  if (type === "number") Object.assign(input, { min, max, className: "w-num" });
  if (list) {
    const options = put("datalist", { id: `${id}-list` });
    input.setAttribute("list", options.id);
    input.addEventListener("input", async () => {
      const found = await list(input.value);
      options.replaceChildren(...found.map((each) => Object.assign(new Option(each.title, each.number), { label: each.title })));
    });
  }
  return box;
}

/** Ask for the fields; the answers by name, or null when given up. `check` returns [name, sentence] where something is wrong. */
export function ask(title, fields, { ok = say("ok"), check = () => null } = {}) {
  const dialog = document.createElement("dialog");
  dialog.innerHTML = '<form method="dialog" class="dialog-body"><h1></h1><div></div><div class="form-acts"><button class="btn go" value="ok"></button><button class="btn" type="button"></button></div></form>';
  const form = dialog.querySelector("form");
  const heading = dialog.querySelector("h1");
  heading.id = `ask-title-${++count}`;
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  form.querySelector("div").append(...fields.map(field));
  const [yes, no] = dialog.querySelectorAll("button");
  yes.textContent = ok;
  no.textContent = say("cancel");
  no.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector("input")?.select();
  return new Promise((done) => {
    // Answered within the submit itself: the dialog's own close event comes later, and what is typed meanwhile must not overtake the answer.
    const end = (answers) => { dialog.close(); dialog.remove(); done(answers); };
    form.addEventListener("submit", (event) => {
      event.stopPropagation();
      event.preventDefault();
      const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
      const wrong = check(given);
      if (!wrong) return end(given);
      const input = form.elements[wrong[0]];
      const error = document.getElementById(`${input.id}-error`);
      error.hidden = false;
      error.textContent = wrong[1];
      input.setAttribute("aria-invalid", "true");
      input.focus();
    });
    dialog.addEventListener("close", () => end(null));
  });
}
