// Builds the style sheet, the scripts and the web fonts into medithread/assets, and says what is bundled.
import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
const out = join(root, "medithread", "assets");
const modules = join(root, "node_modules");
const FONTS = {
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
  "inter-latin-italic.woff2": "@fontsource-variable/inter/files/inter-latin-wght-italic.woff2",
};
const FONT_PACKAGES = ["@fontsource-variable/inter", "inter-ui", "@fontsource/jetbrains-mono"];
const shared = { bundle: true, minify: true, metafile: true, target: "es2020", legalComments: "none", logLevel: "warning", absWorkingDir: root };

async function clean() {
  for (const name of await readdir(out).catch(() => [])) {
    if (name !== "fonts") await rm(join(out, name), { recursive: true });
  }
  await mkdir(join(out, "fonts"), { recursive: true });
}

async function fonts() {
  for (const [name, from] of Object.entries(FONTS)) await copyFile(join(modules, from), join(out, "fonts", name));
}

function styles() {
  const options = { ...shared, target: ["chrome123", "firefox121", "safari17.5"], external: ["./fonts/*", "*.woff2"] };
  return build({ ...options, entryPoints: { medithread: "assets/css/main.css", editor: "assets/css/editor.css" }, outdir: out });
}

// Two self-contained files: no shared chunk, so that hashed file names of the server never break an import.
function script(name, entry) {
  return build({ ...shared, format: "esm", outdir: out, entryPoints: { [name]: entry } });
}

function packagesIn(results) {
  const names = new Set(FONT_PACKAGES);
  for (const path of results.flatMap((result) => Object.keys(result.metafile.inputs))) {
    const parts = path.split(/[\\/]/);
    const at = parts.lastIndexOf("node_modules");
    if (at >= 0) names.add(parts[at + 1].startsWith("@") ? `${parts[at + 1]}/${parts[at + 2]}` : parts[at + 1]);
  }
  return [...names].sort();
}

async function licence(name) {
  const folder = join(modules, ...name.split("/"));
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? (await readFile(join(folder, file), "utf8")).trim() : "(no licence text in the package)";
  return `${name} ${version} (${license})\n${"-".repeat(72)}\n${text}\n`;
}

async function licences(results) {
  const texts = await Promise.all(packagesIn(results).map(licence));
  await writeFile(join(out, "licences.txt"), `What is bundled in these assets, with its licence.\n\n${texts.join("\n\n")}`);
}

async function measure() {
  for (const name of (await readdir(out, { recursive: true })).sort()) {
    const path = join(out, name);
    if (!(await stat(path)).isFile() || name.endsWith(".ttf")) continue;
    const bytes = await readFile(path);
    const packed = name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
    console.log(`${name.split(sep).join("/").padEnd(36)} ${String(bytes.length).padStart(8)} B ${String(packed).padStart(8)} B packed`);
  }
}

await clean();
await fonts();
await copyFile(join(root, "assets", "icon.svg"), join(out, "icon.svg"));
const results = await Promise.all([styles(), script("medithread", "assets/js/main.js"), script("editor", "assets/js/editor/main.js")]);
await licences(results);
await measure();
