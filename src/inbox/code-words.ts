/** The words around numbers in mail that tell whether a number is a one-time code. Patterns of fixed reach. */

/**
 * A word that announces a code, in the languages of most mail. Short words must stand alone; `code` may end a longer
 * one, as in German.
 */
export const codeWord = new RegExp(
  [
    "(?:codes?|c[oó]digos?|codic[ei]|passcodes?|parolă unică)(?![\\p{L}\\p{N}])",
    "(?<!\\p{L})(?:otps?|totp|pins?|tans?|kod(?:u|en|e|ok)?|kode|koodi|κωδικός|κωδικό|код(?:а|ом)?|пин|קוד|رمز|كود|कोड|ओटीपी|clave|token|mã|รหัส)(?!\\p{L})",
    "(?:one[- ]?time|single[- ]use|temporary|einmal-?|provisorisches?) ?(?:password|passwort|kennwort|key)",
    "mot de passe (?:à usage )?(?:unique|temporaire)|contraseña (?:de un solo uso|temporal)|senha (?:única|temporária|de uso único)",
    "одноразовый пароль|(?:verification|authentication|security) number|mã xác",
    "验证码|驗證碼|校验码|动态码|代码|コード|認証番号|暗証番号|確認番号|인증 ?번호|인증 ?코드|확인 ?코드|코드",
  ].join("|"),
  "iu",
);

/** Codes that are used more than once, or by nobody who reads the mail. */
export const otherCode =
  /promo|discount|coupon|voucher|gutschein|rabatt|gift|referral|checkout|\d ?% off|(?:zip|postal|post|area|country|dial(?:l?ing)?|bar|qr|source|dress|error|status|colou?r|tracking|sort|swift|tax|product|item|airport|short|building|access to (?:the )?source)[- ]?codes?(?!\p{L})|code of conduct|code review|(?:de|en|uni|geo|trans)cod/iu;

/** After a word for a code and before the code: nothing more than this, at the end. */
export const leadsIn =
  /(?:(?<!\p{L})(?:is|are|was|ist|lautet|lauten|est|es|son|são|é|è|är|er|jest|on|to|:|this)|[:=→»>\-–—]|[は为為是])["'“”‘’«*\s]*$/iu;

/** After a code and before a word for it. */
export const leadsOut =
  /^["'“”‘’»*\s\])]*(?:(?:is|as|ist|als|est|es|é|è|är|er|jest|how|comme|como)(?!\p{L})|[:=\-–—]|[はが是为為])/iu;

/** Before a number that is typed in: `Enter 123456 to verify …`. */
export const toEnter =
  /(?<!\p{L})(?:enter|use|type|input|submit|saisissez|entrez|utilisez|introduce|ingresa|insira|inserisci|eingeben)["'“”‘’«*\s]*$/iu;
export const enteredFor = /^["'“”‘’»*\s]*(?:to|as|in|on|for|when|within|pour|para|per|um|als)(?!\p{L})/iu;

/** Ends a sentence, so that what stands behind it is about something else. */
export const sentenceEnd = /[.!?;。！？](?:\s|$)/u;

/** Just before a number: its kind, other than a code. */
export const labelBefore =
  /(?:(?<!\p{L})(?:orders?|invoices?|tickets?|case|accounts?|customer|client|member|reference|ref|booking|reservation|tracking|transaction|receipt|bill|policy|p\.?o\.?|box|suite|room|flight|apt|unit|version|build|port|model|sku|page|year|since|copyright|bestell\S{0,12}|rechnung\S{0,12}|kunden\S{0,12}|commande|facture|pedido|factura|no|nr|number|id|ending|ends|call|phone|tel|telephone|fax|dial|hotline|ext)\.?(?: (?:number|no|nr|id|in|with|at|us at)\.?)?|[#№©$€£¥₹₽+*•…xX])[\s:#]*$/iu;

/** Just behind a number: what it counts, or that it is an amount or part of an address. */
export const unitAfter =
  /^\s*(?:[%$€£¥₹₽]|(?:usd|eur|gbp|chf|jpy|cad|aud|dollars?|euros?|pounds?|points?|credits?|minutes?|mins?|minuten|hours?|hrs?|stunden|days?|tage|seconds?|secs?|years?|times?|users?|people|customers?|members?|items?|characters?|digits?|[kmgt]i?b|km|kg|miles?)(?!\p{L})|(?:[\p{L}.]{1,20}\s){0,2}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|way|parkway|pkwy|highway|floor|suite)(?![\p{L}]))/iu;
