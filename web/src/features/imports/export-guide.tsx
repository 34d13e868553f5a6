import type { ReactElement } from 'react';

import type { ImportNetwork } from './use-import-networks.ts';

/** How to get the export, step by step, and which file of it is read. */
export function ExportGuideSteps({ network: { name, guide } }: { readonly network: ImportNetwork }): ReactElement {
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label={`How to get your ${name} export`} className="flex flex-col gap-2">
        {guide.steps.map((step, index) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden="true"
              className="grid size-5 shrink-0 place-items-center rounded-full bg-sunken text-axis font-semibold text-muted"
            >
              {index + 1}
            </span>
            <span>{step}</span>
          </li>
        ))}
      </ol>
      <p className="text-caption text-muted">
        {guide.files}: <code className="text-ink wrap-anywhere">{guide.path}</code>. The networks move these menus now and then;
        the names stay close.
      </p>
    </div>
  );
}
