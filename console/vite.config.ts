import { defineConfig, type Plugin } from "vite";

/**
 * Make LivePerson's renderer a module that obeys `style-src 'self'`.
 *
 * json-pollock 1.7.7 writes styles as attributes, which a strict Content-Security-Policy blocks; through the CSSOM the
 * same declarations are allowed. Its build that needs no `eval` (the one without validation) assigns itself to `this`. The
 * build fails when a version comes along that does either in another way.
 */
function rendererWithoutStyleAttributes(): Plugin {
  const attribute = /([\w$]+)\.setAttribute\("style",/g;
  return {
    name: "renderer-without-style-attributes",
    transform(code, id) {
      if (!id.includes("json-pollock") || !id.includes(".js")) {
        return null;
      }
      const exported = code.replace(/^this\.JsonPollock=/, "export const JsonPollock=");
      const changed = exported.replace(attribute, "setStyleText($1,");
      if (exported === code || changed === exported || changed.includes('setAttribute("style"')) {
        this.error("json-pollock exports itself, or sets styles, in another way than 1.7.7 does");
      }
      return { code: `function setStyleText(element,text){element.style.cssText=text}\n${changed}`, map: null };
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the pages work behind a proxy that puts the gateway under a path.
  base: "./",
  plugins: [rendererWithoutStyleAttributes()],
  build: {
    outDir: "../gateway/console/static",
    emptyOutDir: true,
    // What `light-dark()` and `:has()` need; older browsers are not served with a workaround that no one tests.
    target: ["chrome123", "firefox121", "safari17.5"],
    // A data: script would break the policy; fonts and images of ours are files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
