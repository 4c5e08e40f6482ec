/** What lets a style that is added later pass the Content-Security-Policy: the nonce of this page, from its `meta`. */

const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

// What locks scrolling below a modal asks for it by this name (npm package get-nonce).
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** The nonce. */
export const styleNonce = () => nonce;
