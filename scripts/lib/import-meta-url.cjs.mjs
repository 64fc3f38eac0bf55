import { pathToFileURL } from 'node:url';

/** What `import.meta.url` means in a CommonJS bundle; esbuild injects it where that is used, and only there. */
export const importMetaUrl = /* @__PURE__ */ pathToFileURL(__filename).href;
