// Text that tries to become code in the reader's browser (attack 21). Each sets `pwned`, or fetches something, if it succeeds.

export const attack = 'window.pwned=1';

/** As the text of messages. */
export const hostileTexts: readonly string[] = [
  `<script>${attack}</script>`,
  `<img src=x onerror="${attack}">`,
  `<svg onload=${attack}>`,
  `<svg><script>${attack}</script></svg>`,
  `<iframe src="javascript:${attack}"></iframe>`,
  `<iframe srcdoc="<script>parent.${attack}</script>"></iframe>`,
  `<body onload=${attack}>`,
  `<details open ontoggle=${attack}><summary>x</summary></details>`,
  `<input autofocus onfocus=${attack}>`,
  `<video><source onerror=${attack}></video>`,
  `<object data="javascript:${attack}"></object>`,
  `<embed src="javascript:${attack}">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${attack}></style></mglyph></table></mtext></math>`,
  `<a href="javascript:${attack}">click</a>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${attack}">`,
  `<link rel=stylesheet href="https://evil.example/x.css">`,
  `<style>@import 'https://evil.example/x.css'; body{display:none}</style>`,
  `<form action="javascript:${attack}"><button>go</button></form>`,
  `<div style="background:url(https://evil.example/x.png)">x</div>`,
  `[click](javascript:${attack})`,
  `[click](JaVaScRiPt:${attack})`,
  `[click](java\tscript:${attack})`,
  `[click](&#x6A;avascript:${attack})`,
  `[click](javascript&colon;${attack})`,
  `[click](\u0001javascript:${attack})`,
  `[click](data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQ9MTwvc2NyaXB0Pg==)`,
  `[click](vbscript:msgbox)`,
  `[click](file:///etc/passwd)`,
  `[click](blob:https://evil.example/1)`,
  `<javascript:${attack}>`,
  `![x](javascript:${attack})`,
  `![x](https://evil.example/beacon.png)`,
  `![x](data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${attack}'/>)`,
  `![x](x"onerror="${attack})`,
  `[x][1]\n\n[1]: javascript:${attack}`,
  `[^1]\n\n[^1]: <img src=x onerror=${attack}>`,
  `\`\`\`html\n<script>${attack}</script>\n\`\`\``,
  `| a |\n|---|\n| <img src=x onerror=${attack}> |`,
  `https://evil.example/"onmouseover="${attack}"`,
  `- [ ] <img src=x onerror=${attack}>`,
  `</div></article><script>${attack}</script>`,
  `\u202e<script>${attack}</script>`,
  `@<img src=x onerror=${attack}>`,
  `{{constructor.constructor('${attack}')()}}`,
  `__proto__ constructor toString hasOwnProperty`,
];

/** Texts that would keep a careless reader of Markdown busy for minutes, or end it. */
export const costlyTexts: readonly string[] = [
  '>'.repeat(5000),
  '> '.repeat(5000),
  '- '.repeat(5000),
  '['.repeat(8000),
  '![]('.repeat(3000),
  '*a_'.repeat(4000),
  '`'.repeat(9000),
  '|'.repeat(9000),
  '<'.repeat(9000),
  'a@'.repeat(6000),
  'www.'.repeat(3000),
  'https://'.repeat(1500),
  '&'.repeat(9000),
  '\\'.repeat(9000),
  '1. '.repeat(4000),
  '~~'.repeat(6000),
  '('.repeat(9000),
  '[a]('.repeat(3000),
  '|-'.repeat(5000),
  `|${'a|'.repeat(2000)}\n|${'-|'.repeat(2000)}\n|${'b|'.repeat(2000)}`,
  'a\n'.repeat(7000),
  '\t- x\n'.repeat(2500),
  `${'*'.repeat(60)}a${'*'.repeat(60)} `.repeat(90),
];

/** As names of people, at most 80 characters. */
export const hostileNames: readonly string[] = [
  `<img src=x onerror=${attack}>`,
  `"><script>${attack}</script>`,
  `' onmouseover='${attack}`,
  `__proto__`,
];

/** As titles and topics of rooms. */
export const hostileTitles: readonly string[] = [
  `<svg onload=${attack}>`,
  `"><img src=x onerror=${attack}>`,
  `javascript:${attack}`,
  `constructor`,
];
