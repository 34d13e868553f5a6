import './styles/app.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { listenForShortcuts } from './platform/keyboard.ts';
import { queryClient } from './platform/query.ts';
import { bootstrapQuery, takeWorkspaceFromUrl } from './platform/session.ts';
import { followSystemTheme } from './platform/theme.ts';
import { router } from './router.tsx';

takeWorkspaceFromUrl();
followSystemTheme();
listenForShortcuts();
// Asked for before the router has loaded its first chunk: the two wait together.
void queryClient.prefetchQuery(bootstrapQuery);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
