import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const apiOrigin = 'http://127.0.0.1:8390';

const compressedTypes = /\.(js|css|html|svg|webmanifest)$/;

/** Writes a .br and a .gz beside each text file, at the strongest setting, so that the server compresses nothing while it serves. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !compressedTypes.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Leaves out what the browser never reads of the contract: the schema library, since it never validates, and the summaries of endpoints. */
function withoutSchemas(): Plugin {
  const contract = join(import.meta.dirname, '../contract/src');
  return {
    name: 'without-schemas',
    enforce: 'pre',
    resolveId(source, importer) {
      const isContract = importer !== undefined && realpathSync(dirname(importer.split('?')[0] ?? importer)) === realpathSync(contract);
      return isContract && source === './schema.ts' ? join(import.meta.dirname, 'src/platform/schema-shapes.ts') : null;
    },
    transform(code, id) {
      const isContract = id.startsWith(realpathSync(contract));
      return isContract ? { code: code.replaceAll(/\bsummary:\s*'(?:[^'\\\n]|\\.)*'/g, "summary: ''"), map: null } : null;
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [withoutSchemas(), react(), tailwindcss(), precompress()],
  resolve: { alias: { 'react-remove-scroll': join(import.meta.dirname, 'src/ui/no-scroll-lock.tsx') } },
  build: {
    outDir: 'dist',
    // The bundle budget is read from the manifest.
    manifest: true,
    target: 'es2022',
    // The content security policy allows no data: fonts or scripts, so nothing is inlined.
    // An endpoint that no screen calls is only a description: it can go.
    rolldownOptions: { treeshake: { manualPureFunctions: ['endpoint'] } },
    assetsInlineLimit: 0,
    // The polyfill is for browsers that the target excludes.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: { '/api': { target: apiOrigin, changeOrigin: false } },
  },
});
