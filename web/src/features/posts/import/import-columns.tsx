import { importFields, type ImportField, type ImportReport } from '@rookery/contract/post-import.ts';
import type { ReactElement } from 'react';

import { Select } from '../../../ui/field.tsx';
import { chooseColumn, fieldWords } from './words.ts';

interface ImportColumnsProps {
  readonly columns: ImportReport['columns'];
  readonly onChange: (columns: string) => void;
}

/** What each column holds: guessed from its header, and open to be corrected. */
export function ImportColumns({ columns, onChange }: ImportColumnsProps): ReactElement {
  const fields = columns.map(({ field }) => field);
  const read = (word: string): ImportField | null => importFields.find((field) => field === word) ?? null;
  return (
    <ul aria-label="Columns of the file" className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {columns.map(({ header, field, sample }, index) => (
        <li key={`${index} ${header}`} className="min-w-0">
          <label className="flex min-w-0 flex-col gap-1">
            <span className="truncate text-caption font-medium">{header === '' ? `Column ${index + 1}` : header}</span>
            <Select value={field ?? ''} onChange={(event) => onChange(chooseColumn(fields, index, read(event.target.value)))}>
              <option value="">Leave out</option>
              {importFields.map((each) => <option key={each} value={each}>{fieldWords[each]}</option>)}
            </Select>
          </label>
          <p className="mt-0.5 truncate text-caption text-faint">{sample === '' ? 'First row: empty' : sample}</p>
        </li>
      ))}
    </ul>
  );
}
