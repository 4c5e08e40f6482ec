/** A shop's newsletter in typical newsletter HTML: tables and inline styles, without remote pictures. */

const goods = [
  {
    name: "Loden coat",
    colour: "#3f5a4a",
    text: "Dense boiled wool, horn buttons. Made to be worn for twenty winters.",
    price: "€ 420",
  },
  {
    name: "Storm parka",
    colour: "#2d4a66",
    text: "Waxed cotton with a lining that comes out in spring.",
    price: "€ 310",
  },
  { name: "Lambswool scarf", colour: "#a4553f", text: "Two metres of it, in six colours.", price: "€ 65" },
] as const;

const cell = ({ name, colour, text, price }: (typeof goods)[number]) => `
      <td width="33%" valign="top" style="padding:8px">
        <div style="background:${colour};height:110px;border-radius:6px"></div>
        <h2 style="font-size:17px;margin:12px 0 4px">${name}</h2>
        <p style="margin:0 0 8px;color:#555;font-size:14px;line-height:1.45">${text}</p>
        <a href="https://shop.example.com/winter/${name.toLowerCase().replaceAll(" ", "-")}" style="color:#8a3b12;font-weight:bold;font-size:14px">${price}</a>
      </td>`;

/** Its subject, text and HTML. */
export const newsletter = {
  subject: "The winter edit: coats worth the cold",
  html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The winter edit</title></head>
<body style="margin:0;background:#f3efe8;font-family:Georgia,'Times New Roman',serif;color:#222">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:8px">
    <tr><td colspan="3" style="padding:28px 32px 8px;text-align:center;letter-spacing:4px;font-size:13px;color:#8a3b12">NORTH &amp; WOOL</td></tr>
    <tr><td colspan="3" style="padding:0 32px 16px;text-align:center">
      <h1 style="font-size:30px;line-height:1.2;margin:8px 0 12px">Coats worth the cold</h1>
      <p style="margin:0 0 20px;font-size:16px;line-height:1.5;color:#444">Hello Ada, the new winter things are here. Orders until Sunday come with free shipping.</p>
      <a href="https://shop.example.com/winter" style="display:inline-block;background:#8a3b12;color:#ffffff;text-decoration:none;padding:12px 28px;border-radius:4px;font-size:16px">See the collection</a>
    </td></tr>
    <tr>${goods.map(cell).join("")}
    </tr>
    <tr><td colspan="3" style="padding:20px 32px 28px;text-align:center;font-size:12px;color:#777;line-height:1.5">
      North &amp; Wool, 12 Harbour Street, Bergen<br>
      You get this letter since you asked for it. <a href="{{amazonSESUnsubscribeUrl}}" style="color:#777">Unsubscribe</a>
    </td></tr>
  </table>
</td></tr></table>
</body></html>
`,
  text: `Coats worth the cold

Hello Ada, the new winter things are here. Orders until Sunday come with free shipping.

${goods.map(({ name, text, price }) => `* ${name}, ${price}\n  ${text}`).join("\n")}

https://shop.example.com/winter

Unsubscribe: {{amazonSESUnsubscribeUrl}}
`,
} as const;
