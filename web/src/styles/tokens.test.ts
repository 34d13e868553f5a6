import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

type Rgb = readonly [number, number, number];
type Lab = readonly [number, number, number];

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

function blockOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  assert.ok(start >= 0, `tokens.css has no ${selector}`);
  const body = css.slice(start, css.indexOf('}', start));
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]));
}

const light = blockOf(':root');
const dark = new Map([...light, ...blockOf("[data-theme='dark']")]);

function labOf(tokens: ReadonlyMap<string, string>, name: string): Lab {
  const value = tokens.get(name) ?? '';
  const alias = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (alias !== undefined) return labOf(tokens, alias);
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value) ?? /^oklch\(([\d.]+) (0) (0)\)$/.exec(value);
  assert.ok(match, `--${name} is not an opaque oklch colour: ${value}`);
  const [lightness = 0, chroma = 0, hue = 0] = match.slice(1).map(Number);
  return [lightness, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
}

/** Linear sRGB of an OKLab colour, clipped to what a screen can show (Björn Ottosson's matrices). */
function linearOf([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function labFrom([r, g, b]: Rgb): Lab {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function contrast(first: Lab, second: Lab): number {
  const luminance = (lab: Lab): number => {
    const [r, g, b] = linearOf(lab);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low = 0, high = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const pairs = [
  ['ink', 'surface', 15], ['ink', 'canvas', 15], ['ink', 'raised', 13], ['muted', 'surface', 6], ['muted', 'sunken', 6], ['muted', 'canvas', 6],
  ['faint', 'surface', 4.6], ['faint', 'canvas', 4.5], ['faint', 'sunken', 4.5], ['accent', 'surface', 5], ['accent', 'canvas', 5],
  ['accent-strong', 'surface', 7], ['on-accent', 'accent', 5], ['ink', 'accent-soft', 7], ['muted', 'accent-soft', 4.5], ['accent', 'accent-soft', 4.5],
  ['success', 'surface', 4.5], ['warning', 'surface', 4.5], ['danger', 'surface', 4.5], ['info', 'surface', 4.5], ['loss', 'surface', 4.5],
  ['control', 'surface', 3], ['control', 'canvas', 3], ['surface', 'danger', 4.5],
] as const;

for (const [theme, tokens] of [['light', light], ['dark', dark]] as const) {
  describe(`${theme} theme`, () => {
    for (const [front, ground, ratioMin] of pairs) {
      test(`${front} on ${ground} has at least ${ratioMin} : 1`, () => {
        const ratio = contrast(labOf(tokens, front), labOf(tokens, ground));
        assert.ok(ratio >= ratioMin, `${ratio.toFixed(2)} : 1`);
      });
    }

    test('status text stays readable on its own ground', () => {
      const share = Number.parseFloat(tokens.get('ground-share') ?? '') / 100;
      for (const name of ['success', 'warning', 'danger', 'info']) {
        const front = labOf(tokens, name);
        const surface = labOf(tokens, 'surface');
        const mix = (index: 0 | 1 | 2): number => front[index] * share + surface[index] * (1 - share);
        const ratio = contrast(front, [mix(0), mix(1), mix(2)]);
        assert.ok(ratio >= 4.5, `${name}: ${ratio.toFixed(2)} : 1`);
      }
    });

    test('five series keep apart for every kind of colour vision', () => {
      const series = [1, 2, 3, 4, 5].map((number) => labOf(tokens, `series-${number}`));
      for (const [vision, matrix] of Object.entries(visions)) {
        const seen = series.map((lab) => labFrom(multiply(matrix, linearOf(lab))));
        for (const [index, one] of seen.entries()) {
          for (const other of seen.slice(index + 1)) {
            const distance = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]) * 100;
            assert.ok(distance >= 12, `${vision}: ${distance.toFixed(1)}`);
          }
        }
      }
    });

    test('every series is found on the surface', () => {
      for (const number of [1, 2, 3, 4, 5]) {
        const ratio = contrast(labOf(tokens, `series-${number}`), labOf(tokens, 'surface'));
        assert.ok(ratio >= 3, `series-${number}: ${ratio.toFixed(2)} : 1`);
      }
    });
  });
}

type Matrix = readonly [Rgb, Rgb, Rgb];

/** Full dichromacy in linear sRGB (Machado, Oliveira and Fernandes 2009). */
const visions: Readonly<Record<string, Matrix>> = {
  full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function multiply(matrix: Matrix, [r, g, b]: Rgb): Rgb {
  const row = ([x, y, z]: Rgb): number => Math.min(1, Math.max(0, x * r + y * g + z * b));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

test('screens take colours from tokens only: no raw colour stands in app.css, base.css or motion.css', () => {
  for (const file of ['app.css', 'base.css', 'motion.css']) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    assert.doesNotMatch(text, /#[0-9a-f]{3,8}\b|oklch\(|rgb\(|hsl\(/i, file);
  }
});
