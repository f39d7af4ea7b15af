// How far something is, as a ring that closes.

interface Props {
  /** Of 100; undefined: it goes on, and nobody knows how far. */
  percent: number | undefined;
  label: string;
}

export function Ring({ percent, label }: Props) {
  return (
    <span
      className="ring"
      role="progressbar"
      aria-label={label}
      data-busy={percent === undefined || undefined}
      {...(percent !== undefined && { 'aria-valuenow': percent, 'aria-valuemin': 0, 'aria-valuemax': 100 })}
    >
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle className="ring-track" cx="18" cy="18" r="15" />
        <circle
          className="ring-done"
          cx="18"
          cy="18"
          r="15"
          pathLength="100"
          strokeDasharray={`${percent ?? 25} 100`}
        />
      </svg>
    </span>
  );
}
