import { useMemo, type ReactElement } from 'react';

import { allZones } from '../platform/format.ts';
import { SelectField } from './field.tsx';

interface ZoneFieldProps {
  readonly label: string;
  readonly name: string;
  readonly defaultValue: string;
  readonly help?: string;
  readonly disabled?: boolean;
}

/** A choice among the world's time zones, grouped by region. */
export function ZoneField({ defaultValue, ...rest }: ZoneFieldProps): ReactElement {
  const groups = useMemo(() => {
    const zones = new Set(allZones()).add(defaultValue);
    return Map.groupBy(zones, (zone) => (zone.includes('/') ? (zone.split('/')[0] ?? 'Other') : 'Other'));
  }, [defaultValue]);
  return (
    <SelectField {...rest} defaultValue={defaultValue}>
      {[...groups].map(([region, zones]) => (
        <optgroup key={region} label={region}>
          {zones.toSorted().map((zone) => <option key={zone} value={zone}>{zone.replaceAll('_', ' ')}</option>)}
        </optgroup>
      ))}
    </SelectField>
  );
}
