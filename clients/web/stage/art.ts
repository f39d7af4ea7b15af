// Pictures that people of the scene share, drawn by the browser itself: a photograph of lanterns, the plan of the court, the poster.
import type { Browser } from 'playwright-core';

export interface Drawing {
  name: string;
  width: number;
  height: number;
  svg: string;
}

const lantern = (x: number, y: number, size: number, glow = 1) => `
  <g transform="translate(${x} ${y}) scale(${size})">
    <line y1="-400" y2="-34" stroke="#1c1a22" stroke-width="1.2" opacity=".7"/>
    <circle r="150" fill="url(#halo)" opacity="${0.75 * glow}"/>
    <path d="M-20-30h40l10 22v30l-12 22h-36l-12-22v-30z" fill="url(#paper)"/>
    <path d="M-20-30h40M-30-8h60M-30 22h60M-18 44h36" stroke="#7c3f12" stroke-width="1.6" opacity=".55"/>
    <path d="M-13-36h26v6h-26zM-12 44h24v5h-24z" fill="#33211a"/>
  </g>`;

const arch = (x: number) => `
  <path d="M${x} 1080V700a105 105 0 0 1 210 0v380z" fill="url(#inside)"/>
  <path d="M${x} 1080V700a105 105 0 0 1 210 0v380" fill="none" stroke="#0e0f18" stroke-width="10"/>`;

const lanterns: Drawing = {
  name: 'lanterns-tried-out.jpg',
  width: 1620,
  height: 1080,
  svg: `<defs>
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#16203a"/><stop offset=".45" stop-color="#3b4468"/><stop offset=".68" stop-color="#b0705c"/><stop offset=".8" stop-color="#e3a06a"/></linearGradient>
    <radialGradient id="halo"><stop stop-color="#ffc873" stop-opacity=".95"/><stop offset=".35" stop-color="#ff9d3f" stop-opacity=".38"/><stop offset="1" stop-color="#ff8a2a" stop-opacity="0"/></radialGradient>
    <linearGradient id="paper" x2="0" y2="1"><stop stop-color="#ffdf9c"/><stop offset=".5" stop-color="#fff1c4"/><stop offset="1" stop-color="#f7a94b"/></linearGradient>
    <linearGradient id="inside" x2="0" y2="1"><stop stop-color="#5a3526"/><stop offset=".5" stop-color="#8a5130"/><stop offset="1" stop-color="#2a1a17"/></linearGradient>
    <linearGradient id="floor" x2="0" y2="1"><stop stop-color="#3a2b2a"/><stop offset="1" stop-color="#15131a"/></linearGradient>
    <filter id="soft"><feGaussianBlur stdDeviation="14"/></filter><filter id="softer"><feGaussianBlur stdDeviation="3"/></filter>
    <filter id="grain"><feTurbulence type="fractalNoise" baseFrequency=".85" numOctaves="2" seed="4"/><feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  0 0 0 .55 -.16"/></filter>
  </defs>
  <rect width="1620" height="1080" fill="url(#sky)"/>
  <g filter="url(#soft)" opacity=".55"><ellipse cx="420" cy="610" rx="420" ry="26" fill="#f2b27e"/><ellipse cx="1270" cy="560" rx="360" ry="20" fill="#c9836f"/></g>
  <path d="M0 560h1620v520H0z" fill="#191926"/><path d="M0 548h1620v20H0z" fill="#0f1019"/>
  ${[40, 300, 560, 820, 1080, 1340].map(arch).join('')}
  <path d="M0 930h1620v150H0z" fill="url(#floor)"/>
  <g filter="url(#soft)" opacity=".8">${[200, 520, 860, 1180, 1450].map((x, i) => `<ellipse cx="${x}" cy="${965 + (i % 2) * 30}" rx="120" ry="14" fill="#e9963f" opacity=".55"/>`).join('')}</g>
  <g filter="url(#softer)">${lantern(150, 300, 0.8, 0.8)}${lantern(420, 235, 0.66, 0.7)}${lantern(1010, 250, 0.7, 0.7)}${lantern(1500, 270, 0.75, 0.8)}</g>
  ${lantern(300, 450, 1.35)}${lantern(700, 360, 1.7)}${lantern(1240, 430, 1.5)}${lantern(930, 560, 1)}${lantern(520, 610, 0.9)}
  <rect width="1620" height="1080" filter="url(#grain)" opacity=".3"/>`,
};

const chairs = (x: number, y: number) =>
  Array.from(
    { length: 40 },
    (_, at) =>
      `<rect x="${x + (at % 10) * 34}" y="${y + Math.floor(at / 10) * 34}" width="20" height="20" rx="5"/>`,
  ).join('');

const plan: Drawing = {
  name: 'arcade-seating-plan.png',
  width: 1500,
  height: 1000,
  svg: `<rect width="1500" height="1000" fill="#f6f1e4"/>
  <g fill="none" stroke="#2d5b4f" stroke-width="6"><path d="M120 110h1260v780H120z"/><path d="M120 330h1260" stroke-dasharray="2 18" stroke-linecap="round"/><path d="M680 890v-40h140v40" stroke="#f6f1e4" stroke-width="10"/></g>
  <g fill="#2d5b4f">${Array.from({ length: 10 }, (_, at) => `<rect x="${190 + at * 122}" y="316" width="26" height="26" rx="4"/>`).join('')}</g>
  <g fill="#c9b98f">${chairs(720, 168)}</g>
  <g fill="#b5643c"><circle cx="430" cy="200" r="17"/><circle cx="500" cy="180" r="17"/><circle cx="570" cy="180" r="17"/><circle cx="640" cy="200" r="17"/></g>
  <g fill="#7fa08f" opacity=".85">${[300, 620, 940, 1220].map(x => `<circle cx="${x}" cy="610" r="72"/><circle cx="${x}" cy="610" r="10" fill="#4f3d2a"/>`).join('')}</g>
  <g stroke="#b5643c" stroke-width="3" fill="none"><path d="M200 268h1100M200 258v20M1300 258v20"/></g>
  <g font-family="Georgia, Charter, serif" fill="#23312c"><text x="430" y="250" font-size="25" font-style="italic">quartet</text><text x="1090" y="250" font-size="25" font-style="italic">40 chairs</text><text x="150" y="158" font-size="32">North arcade</text><text x="150" y="760" font-size="32">Court, under the limes</text><text x="700" y="960" font-size="28">Gate</text><text x="1140" y="306" font-size="22" fill="#b5643c">9.4 × 3.1 m</text></g>`,
};

const poster: Drawing = {
  name: 'poster-final.png',
  width: 1050,
  height: 1400,
  svg: `<defs><radialGradient id="g" cy=".42"><stop stop-color="#ffdf9f"/><stop offset=".42" stop-color="#f0a24c"/><stop offset="1" stop-color="#1f4b40"/></radialGradient></defs>
  <rect width="1050" height="1400" fill="#17392f"/><rect x="46" y="46" width="958" height="1308" fill="none" stroke="#e9d7a5" stroke-width="3"/>
  <circle cx="525" cy="500" r="330" fill="url(#g)" opacity=".95"/>
  <path d="M405 330h240l58 132v180l-70 130H417l-70-130V462z" fill="#fff0c9"/><g stroke="#b2692c" stroke-width="5" fill="none"><path d="M405 330h240M347 462h356M347 642h356M417 772h216M465 330l-22 132v180l34 130M585 330l22 132v180l-34 130"/><path d="M525 46v236"/></g><path d="M450 282h150v48H450z" fill="#e9d7a5"/>
  <g font-family="Georgia, Charter, serif" fill="#f4e9c8" text-anchor="middle"><text x="525" y="1000" font-size="118">Opening night</text><text x="525" y="1076" font-size="44" font-style="italic">The courtyard exhibition</text><text x="525" y="1216" font-size="40">Saturday, five o’clock</text><text x="525" y="1276" font-size="34" opacity=".8">120 lanterns · a quartet · lemon cake</text></g>`,
};

export const drawings = { lanterns, plan, poster };

/** As the file it would be. */
export async function draw(browser: Browser, { width, height, svg, name }: Drawing): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.setContent(
    `<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`,
  );
  const type = name.endsWith('.jpg') ? 'jpeg' : 'png';
  const picture = await page.screenshot({ type, ...(type === 'jpeg' && { quality: 92 }) });
  await page.close();
  return picture;
}
