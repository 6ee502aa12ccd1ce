// Makes webapp/static/vendor/codemirror/: the bundle, and the licences of all that is in it.
//
//     cd webapp/bundles/codemirror && npm ci && npm run build
//
// What goes in is pinned by package-lock.json, so the same files come out each time. A folder to
// write into may be named.
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "..", "static", "vendor", "codemirror");

const made = await build({
  absWorkingDir: here,
  entryPoints: ["source.js"],
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  target: "es2022",
  write: false,
});

const used = new Set(
  Object.keys(made.metafile.inputs)
    .map((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter(Boolean),
);
const packages = [...used].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const words = readFileSync(join(folder, "LICENSE"), "utf8").trim();
  return { name: `${name} ${version}`, license, words };
});

const banner = `/* ${packages.map(({ name, license }) => `${name} (${license})`).join(", ")}; see LICENSE */\n`;
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "codemirror.min.js"), banner + made.outputFiles[0].text);
writeFileSync(
  join(target, "LICENSE"),
  packages.map(({ name, words }) => `${name}\n\n${words}\n`).join("\n----\n\n"),
);
