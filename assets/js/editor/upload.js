// Pictures: sent to the server, which answers with the hash of their bytes; the document keeps the hash only.
import { csrf } from "../page.js";
import { pictures, schema } from "./schema.js";
import { say } from "./words.js";

export const imagesIn = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));

async function send(file, url) {
  const body = new FormData();
  body.append("file", file);
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.detail || data.title || String(answer.status));
  return data;
}

/** Send each file and insert it where the cursor is; `tell` says what happens. */
export async function insertPictures(view, files, url, tell) {
  for (const file of files) {
    tell(say("uploading"));
    try {
      const stored = await send(file, url);
      pictures.urls.set(stored.file, stored.url);
      const alt = file.name.replace(/\.\w+$/, "").replace(/[-_]+/g, " ");
      view.dispatch(view.state.tr.replaceSelectionWith(schema.nodes.image.create({ file: stored.file, alt })).scrollIntoView());
      tell("");
    } catch (error) {
      tell(say("notUploaded", { reason: error instanceof TypeError ? say("noAnswer") : error.message }), true);
    }
  }
}
