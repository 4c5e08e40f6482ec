/** How the dashboard's pages are built; scripts/build-dashboard.ts says where to. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { noncePlaceholder } from "../src/http/pages/page-nonce.ts";

/** Where `npm start` listens: `npx vite web` shows pages that are being worked on, with that server's data. */
const server = "http://127.0.0.1:8025";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The server puts a new nonce in its place in each answer: the one thing that the Content-Security-Policy lets add styles.
  html: { cspNonce: noncePlaceholder },
  build: {
    target: "es2023",
    // A data: URL as font or script would need a weaker Content-Security-Policy.
    assetsInlineLimit: 0,
    manifest: true,
    // The libraries that every page uses are one file; what matters is its compressed size, which a test holds below 300 KB.
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { "/v2": server, "/admin": server, "/session": server, "/health": server } },
});
