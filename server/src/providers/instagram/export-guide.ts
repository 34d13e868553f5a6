import type { ExportGuide } from '@rookery/contract/networks.ts';

/** By the menus of Accounts Center as they were on 2026-11-24. */
export const exportGuide: ExportGuide = {
  steps: [
    'In Instagram open Accounts Center › Your information and permissions › Export your information.',
    'Create an export of this profile to your device. Under “Customize information” choose only “Followers and following”.',
    'Choose date range “All time” and format “JSON”. Another range cannot say who left.',
    'Instagram sends a mail when it is ready, often within an hour. Download the zip and drop it here.',
  ],
  files: 'The zip as it comes, or the follower files in it',
  path: 'connections/followers_and_following/followers_1.json',
};
