import { clsx } from 'clsx';
import type { ReactElement } from 'react';

const rook = 'M0 18V7.5A6.5 6.5 0 0 1 12.6 5.2L17 7 12.8 8.6C12.3 14 8 18 2.5 18Z';

interface Perch {
  readonly x: number;
  readonly size: number;
  readonly isTurned?: boolean;
  readonly tone: 'strong' | 'middle' | 'light';
}

const tones = { strong: 'fill-accent', middle: 'fill-accent opacity-55', light: 'fill-accent opacity-20' } as const;

/** Wires from top to bottom, each with the birds that sit on it. */
const wires: readonly { readonly y: number; readonly birds: readonly Perch[] }[] = [
  { y: 150, birds: [{ x: 96, size: 1.6, tone: 'light' }, { x: 400, size: 1.8, tone: 'middle', isTurned: true }, { x: 470, size: 1.5, tone: 'light' }] },
  { y: 290, birds: [{ x: 170, size: 2.2, tone: 'middle' }, { x: 240, size: 2, tone: 'light', isTurned: true }, { x: 520, size: 2, tone: 'light' }] },
  { y: 430, birds: [{ x: 60, size: 2, tone: 'light' }, { x: 300, size: 3.4, tone: 'strong' }, { x: 420, size: 2.4, tone: 'middle', isTurned: true }] },
  { y: 570, birds: [{ x: 150, size: 2.4, tone: 'middle', isTurned: true }, { x: 330, size: 2, tone: 'light' }, { x: 392, size: 2.2, tone: 'light' }, { x: 500, size: 2.4, tone: 'middle' }] },
  { y: 710, birds: [{ x: 90, size: 1.8, tone: 'light' }, { x: 260, size: 2.2, tone: 'light', isTurned: true }] },
];

/** Decoration: rooks on wires. Some are drawn clearly and some faintly, and nobody is counted twice. */
export function Colony(): ReactElement {
  return (
    <div aria-hidden="true" className="relative overflow-hidden border-l border-line bg-sunken max-lg:hidden">
      <svg viewBox="0 0 600 840" preserveAspectRatio="xMidYMid slice" className="absolute inset-0 size-full">
        {wires.map((wire) => (
          <g key={wire.y}>
            <path d={`M-20 ${wire.y - 14} Q300 ${wire.y + 14} 620 ${wire.y - 14}`} fill="none" className="stroke-control" strokeWidth="1.25" strokeOpacity="0.55" />
            {wire.birds.map((bird) => {
              // The wire sags in the middle: the birds stand on it, not over it.
              const t = (bird.x + 20) / 640;
              const y = wire.y - 14 + 28 * 2 * t * (1 - t);
              const turn = bird.isTurned === true ? -1 : 1;
              return <path key={bird.x} d={rook} className={clsx(tones[bird.tone])} transform={`translate(${bird.x} ${y - 18 * bird.size}) scale(${turn * bird.size} ${bird.size})`} />;
            })}
          </g>
        ))}
      </svg>
    </div>
  );
}
