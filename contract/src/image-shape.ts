import type { ContentProblem } from './check-content.ts';
import type { Content } from './posts.ts';
import type { ImageRule } from './publishing.ts';

/** Size of an image in pixels. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** Of a video, which has rules of its own. */
  readonly video?: object | null;
}

/** An image of a content that a network will not take for its shape. */
export interface ShapeProblem extends ContentProblem {
  readonly part: number;
  /** Index of the image in the part. */
  readonly image: number;
  readonly mediaId: string;
  /** The nearest shape that the network takes, width divided by height. */
  readonly ratio: number;
}

type ShapeRule = Pick<ImageRule, 'ratioMin' | 'ratioMax'>;

/** Whole pixels cannot hit a ratio exactly. */
const ratioTolerance = 0.005;
/** Ratios of numbers up to this are said as people say them: 4:5, 16:9. */
const sideMax = 16;

/** The images of a content whose shape a network refuses; images of unknown shape are left to the server. */
export function checkShapes(content: Content, rule: ShapeRule, shapes: ReadonlyMap<string, Shape>): ShapeProblem[] {
  return content.parts.flatMap(({ media }, part) => media.flatMap(({ mediaId }, image) => {
    const shape = shapes.get(mediaId);
    const refusal = shape === undefined || (shape.video ?? null) !== null ? null : describeRatio(shape, rule, media.length > 1 ? `Image ${image + 1}` : 'This image');
    return shape === undefined || refusal === null ? [] : [{ part, image, mediaId, code: 'image-shape' as const, message: refusal, ratio: nearestRatio(shape, rule) }];
  }));
}

/** Why the network refuses an image for its shape, in words; null when it takes it. */
export function describeRatio(shape: Shape, rule: ShapeRule, name = 'This image'): string | null {
  const ratio = shape.width / shape.height;
  if (ratio >= (rule.ratioMin ?? 0) - ratioTolerance && ratio <= (rule.ratioMax ?? Infinity) + ratioTolerance) return null;
  return `${name} is ${ratioWords(ratio)}, and the network takes ${rangeWords(rule)}. Crop it, or fit it with a background.`;
}

/** The shape nearest to an image's own that the network takes, width divided by height. */
function nearestRatio({ width, height }: Shape, { ratioMin, ratioMax }: ShapeRule): number {
  return Math.min(Math.max(width / height, ratioMin ?? 0), ratioMax ?? Infinity);
}

function rangeWords({ ratioMin, ratioMax }: ShapeRule): string {
  if (ratioMin === null) return `${ratioWords(ratioMax ?? 1)} at most`;
  if (ratioMax === null) return `${ratioWords(ratioMin)} at least`;
  return ratioMin === ratioMax ? ratioWords(ratioMin) : `${ratioWords(ratioMin)} to ${ratioWords(ratioMax)}`;
}

/** A ratio as people say it, width first: `4:5`, `1.91:1`, `1:3`. */
export function ratioWords(ratio: number): string {
  for (let height = 1; height <= sideMax; height += 1) {
    const width = Math.round(ratio * height);
    if (width >= 1 && width <= sideMax && Math.abs(width / height - ratio) < ratio * 0.002) return `${width}:${height}`;
  }
  const plain = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });
  return ratio >= 1 ? `${plain(ratio)}:1` : `1:${plain(1 / ratio)}`;
}
