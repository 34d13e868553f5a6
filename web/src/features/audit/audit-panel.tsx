import type { AuditEvent } from '@rookery/contract/audit.ts';
import type { ReactElement, ReactNode } from 'react';

import { formatExact } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ActionSentence, Actor } from './audit-table.tsx';
import { detailsOf, differencesOf } from './sentence.ts';

const kindWords = { user: 'Person', system: 'Rookery itself', 'api-key': 'API key', automation: 'Automation' } as const;

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-3 border-b border-line py-2 last:border-b-0">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Changes({ event }: { readonly event: AuditEvent }): ReactElement | null {
  const differences = differencesOf(event.metadata);
  if (differences === null || differences.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">What changed</h3>
      <table className="w-full text-left">
        <thead><tr className="text-caption text-muted"><th scope="col" className="font-medium">Field</th><th scope="col" className="font-medium">Before</th><th scope="col" className="font-medium">After</th></tr></thead>
        <tbody>
          {differences.map((difference) => (
            <tr key={difference.name} className="border-t border-line align-top *:py-2 *:pr-3">
              <th scope="row" className="font-normal text-muted">{difference.name}</th>
              <td className="text-loss"><del>{difference.before ?? 'none'}</del></td>
              <td className="text-gain"><ins className="no-underline">{difference.after ?? 'none'}</ins></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** One entry in full. */
export function AuditPanel({ event, onClose }: { readonly event: AuditEvent; readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const details = detailsOf(event.metadata);
  return (
    <Panel title="Audit entry" subtitle={event.action} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <p className="text-title"><strong className="font-semibold">{event.actor.name}</strong> <span className="text-muted"><ActionSentence event={event} /></span></p>
        <dl>
          <Line name="Time"><time dateTime={event.at}>{formatExact(event.at, workspace.timeZone)}</time><span className="block text-caption text-muted">{formatExact(event.at, 'UTC')}</span></Line>
          <Line name="Who"><Actor actor={event.actor} /><span className="text-caption text-muted">{kindWords[event.actor.kind]}</span></Line>
          <Line name="Object">{event.entity.name ?? event.entity.type}{event.entity.id !== null && <span className="block"><CopyId label={event.entity.type} value={event.entity.id} /></span>}</Line>
          <Line name="Address">{event.ip ?? 'None: it was not a request'}</Line>
          {event.userAgent !== null && <Line name="Browser"><span className="text-muted">{event.userAgent}</span></Line>}
          <Line name="Entry"><CopyId label="Id" value={event.id} /></Line>
        </dl>
        <Changes event={event} />
        {details.length > 0 && (
          <section className="flex flex-col gap-1">
            <h3 className="font-semibold">Details</h3>
            <dl>{details.map((detail) => <Line key={detail.name} name={detail.name}>{detail.value}</Line>)}</dl>
          </section>
        )}
      </div>
    </Panel>
  );
}
