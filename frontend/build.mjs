// Bundles editor.js into static/vendor/codemirror/, with the licence of every package in it.
import { build } from "esbuild";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, "../static/vendor/codemirror");

await rm(out, { force: true, recursive: true });
const built = await build({
  absWorkingDir: here, entryPoints: { codemirror: "editor.js" }, bundle: true, minify: true, format: "esm", splitting: true,
  chunkNames: "parts/[name]-[hash]",
  target: ["chrome123", "firefox121", "safari17.5"], legalComments: "none", metafile: true,
  charset: "utf8", outdir: out,
  banner: { js: "// CodeMirror 6 and Lezer, MIT; see LICENSES.txt. Built by frontend/build.mjs." },
});

const packages = new Set();
for (const input of Object.keys(built.metafile.inputs)) {
  const name = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
  if (name) packages.add(name);
}
const texts = [];
for (const name of [...packages].sort()) {
  const folder = resolve(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(resolve(folder, "package.json"), "utf8"));
  const licence = await readFile(resolve(folder, "LICENSE"), "utf8");
  texts.push(`${name} ${version} (${license})\n\n${licence.trim()}\n`);
}
await writeFile(resolve(out, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
