// Builds the browser side into web/static/vendor/: `npm ci --ignore-scripts && node build.mjs` in this folder.
// Each source is bundled alone, so a list page never pays for the diagram editor; htmx is copied as published.
import { build } from 'esbuild';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, '..', 'static', 'vendor');
const modules = join(here, 'node_modules');

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });

await build({
  absWorkingDir: here,
  entryPoints: ['app', 'viewer', 'modeler'].map((name) => ({ in: `src/${name}.js`, out: name })),
  outdir: vendor,
  bundle: true,
  minify: true,
  format: 'iife',
  // Windows 7 ends at Chrome 109 and Firefox 115; the manual promises both.
  target: ['chrome109', 'firefox115', 'safari16'],
  assetNames: 'fonts/[name]',
  // Every browser above reads woff2; the older formats of the icon font need not travel.
  loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
  legalComments: 'linked',
  logLevel: 'warning',
});

await copyFile(join(modules, 'htmx.org/dist/htmx.min.js'), join(vendor, 'htmx.min.js'));
await copyFile(join(modules, 'htmx.org/dist/ext/hx-sse.min.js'), join(vendor, 'hx-sse.min.js'));
