// Puts ATT&CK data beside a built Navigator and has its configuration name that instead of MITRE's addresses; its
// symbols come from the font that it carries, not from Google.
// usage: node attack-data.mjs DIST RELEASE…
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const SOURCE = "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master";
const DOMAINS = { Enterprise: "enterprise-attack", Mobile: "mobile-attack", ICS: "ics-attack" };

const [dist, ...releases] = process.argv.slice(2);
if (!dist || !releases.length) throw new Error("usage: node attack-data.mjs DIST RELEASE…");
await mkdir(join(dist, "assets/attack"), { recursive: true });

const entries = [];
for (const release of releases) {
  const domains = [];
  for (const [name, identifier] of Object.entries(DOMAINS)) {
    const file = `${identifier}-${release}.json`;
    const answer = await fetch(`${SOURCE}/${identifier}/${file}`);
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    await writeFile(join(dist, "assets/attack", file), Buffer.from(await answer.arrayBuffer()));
    domains.push({ name, identifier, data: [`assets/attack/${file}`] });
  }
  const version = release.split(".")[0];
  entries.push({ name: `ATT&CK v${version}`, version, domains });
}

const path = join(dist, "assets/config.json");
const config = JSON.parse(await readFile(path, "utf8"));
delete config.collection_index_url;
config.versions = { enabled: true, entries };
await writeFile(path, JSON.stringify(config, null, 2));

for (const file of (await readdir(dist)).filter((name) => /^main.*\.js$/.test(name))) {
  const code = (await readFile(join(dist, file), "utf8"))
    .replaceAll(/https:\/\/fonts\.googleapis\.com\/[^"'`]*/g, "data:text/css,")
    .replaceAll("material-symbols-outlined", "material-icons");
  await writeFile(join(dist, file), code);
}
