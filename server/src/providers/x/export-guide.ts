import type { ExportGuide } from '@rookery/contract/networks.ts';

/** By the menus of X as they were on 2026-11-24. */
export const exportGuide: ExportGuide = {
  steps: [
    'In X open More › Settings and privacy › Your account › Download an archive of your data.',
    'Confirm your password and press “Request archive”.',
    'X takes about a day and then tells you. Download the zip.',
    'Drop the zip here. If it is larger than 512 MB, unpack it and drop only the two files below.',
  ],
  files: 'The zip as it comes, or these files together',
  path: 'data/follower.js, data/manifest.js',
};
