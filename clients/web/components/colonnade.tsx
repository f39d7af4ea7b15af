// The drawing at the door: arches around a court, in lines.

const ARCH = 96;
const HEIGHT = 150;

export function Colonnade() {
  return (
    <svg className="colonnade" viewBox="0 0 480 200" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <path d={[0, 1, 2, 3, 4].map(at => arch(at * ARCH)).join('')} />
      <path d="M0 28h480M0 20h480M0 198h480" />
    </svg>
  );
}

/** An opening with a round top, its inner edge, and the base of the pillar beside it. */
function arch(x: number): string {
  const top = 200 - HEIGHT;
  const outer = `M${x + 12} 198V${top + 36}a36 36 0 0 1 72 0V198`;
  const inner = `M${x + 20} 198V${top + 36}a28 28 0 0 1 56 0V198`;
  return `${outer}${inner}M${x - 14} 188h28M${x - 14} ${top + 36}h28`;
}
