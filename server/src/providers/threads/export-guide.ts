import type { ExportGuide } from '@rookery/contract/networks.ts';

/** By the menus of Accounts Center as they were on 2026-11-24. */
export const exportGuide: ExportGuide = {
  steps: [
    'In Instagram or Threads open Accounts Center › Your information and permissions › Export your information.',
    'Create an export of this profile to your device. Under “Customize information” choose only “Threads”.',
    'Choose date range “All time” and format “JSON”. Another range cannot say who left.',
    'A mail comes when it is ready. Download the zip and drop it here.',
  ],
  files: 'The zip as it comes, or the follower file in it',
  path: 'your_instagram_activity/threads/followers.json',
};
