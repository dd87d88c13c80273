import { defineConfig } from "vite";

/**
 * One build per page script, each self-contained and with a fixed name: Django's static files
 * storage adds the hash, so nothing here may refer to another built file.
 */
export default defineConfig(({ mode }) => ({
  publicDir: mode === "handsel" ? "static" : false,
  build: {
    outDir: "../handsel/static/built",
    emptyOutDir: mode === "handsel",
    target: ["chrome123", "firefox121", "safari17.5"],
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: `src/${mode}.ts`,
      output: {
        format: "iife",
        entryFileNames: `${mode}.js`,
        assetFileNames: `${mode}[extname]`,
      },
    },
  },
}));
