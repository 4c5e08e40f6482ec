/**
 * Mailbox providers (SES: ISPs) by the domain of an address. AWS publishes only the names `Gmail`, `Yahoo` and
 * `UNKNOWN_ISP`; the other names and the list are our own. Domains that a provider hosts for customers (Google
 * Workspace, Microsoft 365) stay unknown, since recognizing them requires a lookup of their MX records.
 */

interface Isp {
  /** Letters, digits, `_` and `-`, the only characters that BatchGetMetricData accepts in dimension values. */
  readonly name: string;
  /**
   * Whether the provider reports individual complaints to the sender (RFC 6449), directly or through a shared service
   * such as Validity's or Signal Spam. Gmail reports only rates.
   */
  readonly feedbackLoop: boolean;
  /** Space-separated, in lower case. */
  readonly domains: string;
}

/** SES's name for unknown providers. */
export const unknownIsp = "UNKNOWN_ISP";

const isps: readonly Isp[] = [
  { name: "Gmail", feedbackLoop: false, domains: "gmail.com googlemail.com" },
  {
    name: "Yahoo",
    feedbackLoop: true,
    domains:
      "yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.co.uk yahoo.ie yahoo.fr yahoo.de yahoo.at yahoo.it yahoo.es " +
      "yahoo.pt yahoo.nl yahoo.be yahoo.se yahoo.no yahoo.dk yahoo.fi yahoo.pl yahoo.ro yahoo.hu yahoo.cz yahoo.gr " +
      "yahoo.com.tr yahoo.ca yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.co yahoo.com.pe yahoo.cl yahoo.com.ve " +
      "yahoo.in yahoo.co.in yahoo.com.au yahoo.co.nz yahoo.com.sg yahoo.com.my yahoo.com.ph yahoo.co.id yahoo.com.vn " +
      "yahoo.co.th yahoo.com.hk yahoo.com.tw yahoo.co.za sky.com frontier.com frontiernet.net",
  },
  { name: "Yahoo_Japan", feedbackLoop: false, domains: "yahoo.co.jp ymail.ne.jp ybb.ne.jp" },
  {
    name: "AOL",
    feedbackLoop: true,
    domains:
      "aol.com aim.com love.com ygm.com games.com wow.com netscape.net compuserve.com cs.com aol.co.uk aol.de aol.fr " +
      "aol.it aol.es aol.com.br aol.com.au verizon.net",
  },
  {
    name: "Hotmail",
    feedbackLoop: true,
    domains:
      "hotmail.com outlook.com live.com msn.com passport.com windowslive.com hotmail.co.uk hotmail.fr hotmail.de " +
      "hotmail.it hotmail.es hotmail.be hotmail.nl hotmail.se hotmail.no hotmail.dk hotmail.fi hotmail.gr hotmail.ca " +
      "hotmail.com.br hotmail.com.ar hotmail.com.mx hotmail.cl hotmail.com.tr hotmail.co.jp hotmail.co.th hotmail.co.nz " +
      "outlook.fr outlook.de outlook.it outlook.es outlook.be outlook.at outlook.dk outlook.ie outlook.pt outlook.cz " +
      "outlook.hu outlook.com.br outlook.com.ar outlook.com.tr outlook.com.au outlook.com.gr outlook.com.vn outlook.cl " +
      "outlook.jp outlook.kr outlook.in outlook.co.id outlook.co.th outlook.my outlook.ph outlook.sa outlook.sg " +
      "live.co.uk live.fr live.de live.it live.es live.be live.nl live.se live.no live.dk live.fi live.at live.ie live.ca " +
      "live.pt live.ru live.jp live.cn live.in live.hk live.cl live.com.mx live.com.ar live.com.pt live.com.au live.co.za",
  },
  { name: "iCloud", feedbackLoop: false, domains: "icloud.com me.com mac.com" },
  { name: "Proton", feedbackLoop: false, domains: "proton.me protonmail.com protonmail.ch pm.me" },
  {
    name: "Fastmail",
    feedbackLoop: true,
    domains: "fastmail.com fastmail.fm fastmail.co.uk sent.com messagingengine.com",
  },
  { name: "Zoho", feedbackLoop: false, domains: "zoho.com zohomail.com zohomail.eu zohomail.in" },
  // North America
  { name: "Comcast", feedbackLoop: true, domains: "comcast.net xfinity.com" },
  {
    name: "ATT",
    feedbackLoop: true,
    domains:
      "att.net sbcglobal.net bellsouth.net ameritech.net pacbell.net swbell.net snet.net prodigy.net flash.net nvbell.net wans.net",
  },
  { name: "Cox", feedbackLoop: true, domains: "cox.net" },
  {
    name: "Spectrum",
    feedbackLoop: true,
    domains: "charter.net spectrum.net rr.com roadrunner.com twc.com twcny.rr.com brighthouse.com",
  },
  { name: "Optimum", feedbackLoop: false, domains: "optonline.net optimum.net suddenlink.net" },
  { name: "CenturyLink", feedbackLoop: false, domains: "centurylink.net centurytel.net embarqmail.com q.com" },
  { name: "EarthLink", feedbackLoop: false, domains: "earthlink.net mindspring.com" },
  { name: "Juno", feedbackLoop: true, domains: "juno.com netzero.net netzero.com" },
  { name: "Bell_Canada", feedbackLoop: false, domains: "bell.net sympatico.ca" },
  { name: "Rogers", feedbackLoop: true, domains: "rogers.com" },
  { name: "Shaw", feedbackLoop: false, domains: "shaw.ca" },
  { name: "Telus", feedbackLoop: false, domains: "telus.net" },
  { name: "Videotron", feedbackLoop: false, domains: "videotron.ca" },
  // Latin America
  { name: "UOL", feedbackLoop: true, domains: "uol.com.br bol.com.br" },
  { name: "Terra", feedbackLoop: true, domains: "terra.com.br terra.com" },
  { name: "Prodigy_Mexico", feedbackLoop: false, domains: "prodigy.net.mx" },
  // Europe
  {
    name: "GMX",
    feedbackLoop: false,
    domains: "gmx.de gmx.net gmx.com gmx.at gmx.ch gmx.eu gmx.fr gmx.co.uk gmx.us gmx.es",
  },
  { name: "WEB_DE", feedbackLoop: false, domains: "web.de" },
  { name: "mail_com", feedbackLoop: false, domains: "mail.com email.com usa.com consultant.com engineer.com" },
  { name: "T-Online", feedbackLoop: false, domains: "t-online.de magenta.de" },
  { name: "Freenet", feedbackLoop: false, domains: "freenet.de" },
  { name: "IONOS", feedbackLoop: false, domains: "1und1.de online.de" },
  { name: "A1", feedbackLoop: false, domains: "a1.net aon.at" },
  { name: "Bluewin", feedbackLoop: true, domains: "bluewin.ch" },
  { name: "Orange", feedbackLoop: true, domains: "orange.fr wanadoo.fr voila.fr" },
  { name: "Free", feedbackLoop: false, domains: "free.fr aliceadsl.fr" },
  { name: "SFR", feedbackLoop: true, domains: "sfr.fr neuf.fr cegetel.net club-internet.fr numericable.fr" },
  { name: "La_Poste", feedbackLoop: true, domains: "laposte.net" },
  { name: "Bouygues", feedbackLoop: false, domains: "bbox.fr" },
  { name: "Libero", feedbackLoop: true, domains: "libero.it iol.it inwind.it blu.it giallo.it virgilio.it" },
  { name: "TIM", feedbackLoop: false, domains: "tim.it alice.it tin.it" },
  { name: "Tiscali", feedbackLoop: false, domains: "tiscali.it" },
  { name: "BT", feedbackLoop: true, domains: "btinternet.com btopenworld.com talk21.com" },
  {
    name: "Virgin_Media",
    feedbackLoop: true,
    domains: "virginmedia.com ntlworld.com blueyonder.co.uk virgin.net",
  },
  { name: "TalkTalk", feedbackLoop: true, domains: "talktalk.net tiscali.co.uk" },
  { name: "KPN", feedbackLoop: false, domains: "kpnmail.nl planet.nl hetnet.nl kpnplanet.nl xs4all.nl" },
  { name: "Ziggo", feedbackLoop: true, domains: "ziggo.nl home.nl chello.nl upcmail.nl casema.nl" },
  { name: "Telenet", feedbackLoop: true, domains: "telenet.be" },
  { name: "Proximus", feedbackLoop: false, domains: "skynet.be proximus.be" },
  { name: "Telia", feedbackLoop: false, domains: "telia.com" },
  { name: "Seznam", feedbackLoop: true, domains: "seznam.cz email.cz post.cz spoluzaci.cz" },
  { name: "WP", feedbackLoop: false, domains: "wp.pl o2.pl tlen.pl" },
  { name: "Onet", feedbackLoop: false, domains: "onet.pl op.pl poczta.onet.pl vp.pl onet.eu" },
  { name: "Interia", feedbackLoop: false, domains: "interia.pl interia.eu poczta.fm" },
  { name: "Mail_ru", feedbackLoop: true, domains: "mail.ru bk.ru list.ru inbox.ru internet.ru" },
  { name: "Yandex", feedbackLoop: false, domains: "yandex.ru yandex.com ya.ru yandex.by yandex.kz yandex.ua" },
  { name: "Rambler", feedbackLoop: false, domains: "rambler.ru lenta.ru ro.ru myrambler.ru" },
  { name: "UKR_NET", feedbackLoop: false, domains: "ukr.net" },
  // Asia and Oceania
  { name: "QQ", feedbackLoop: false, domains: "qq.com foxmail.com" },
  { name: "NetEase", feedbackLoop: false, domains: "163.com 126.com yeah.net" },
  { name: "Sina", feedbackLoop: false, domains: "sina.com sina.cn" },
  { name: "Sohu", feedbackLoop: false, domains: "sohu.com" },
  { name: "Naver", feedbackLoop: false, domains: "naver.com" },
  { name: "Daum", feedbackLoop: false, domains: "daum.net hanmail.net kakao.com" },
  { name: "Docomo", feedbackLoop: false, domains: "docomo.ne.jp" },
  { name: "KDDI", feedbackLoop: false, domains: "ezweb.ne.jp au.com" },
  { name: "SoftBank", feedbackLoop: false, domains: "softbank.ne.jp i.softbank.jp disney.ne.jp vodafone.ne.jp" },
  { name: "Rediffmail", feedbackLoop: false, domains: "rediffmail.com rediff.com" },
  { name: "Telstra", feedbackLoop: true, domains: "bigpond.com bigpond.net.au telstra.com" },
  { name: "Optus", feedbackLoop: false, domains: "optusnet.com.au" },
  { name: "Spark", feedbackLoop: false, domains: "xtra.co.nz" },
];

const byDomain = new Map(isps.flatMap((isp) => isp.domains.split(" ").map((domain) => [domain, isp] as const)));
const withFeedbackLoop = new Set(isps.filter((isp) => isp.feedbackLoop).map((isp) => isp.name));

/** The names of all providers, `UNKNOWN_ISP` last. A metrics export has rows for each. */
export const ispNames: readonly string[] = [...isps.map((isp) => isp.name), unknownIsp];

/** The provider of a domain (in lower case), or `UNKNOWN_ISP`. */
export function ispOf(domain: string): string {
  return byDomain.get(domain)?.name ?? unknownIsp;
}

/** Whether the provider with this name reports individual complaints. */
export function hasFeedbackLoop(isp: string): boolean {
  return withFeedbackLoop.has(isp);
}
