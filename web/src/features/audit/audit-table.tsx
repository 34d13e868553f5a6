import type { AuditEvent } from '@rookery/contract/audit.ts';
import { Link } from '@tanstack/react-router';
import { Bot, KeyRound, Workflow } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatExact, formatInstant } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import type { AuditSearch } from './search.ts';
import { sentenceOf } from './sentence.ts';

const actorIcons = { system: Bot, 'api-key': KeyRound, automation: Workflow } as const;

/** Who acted: a person by initials, everything else by its kind. */
export function Actor({ actor }: { readonly actor: AuditEvent['actor'] }): ReactElement {
  const Icon = actor.kind === 'user' ? null : actorIcons[actor.kind];
  return (
    <span className="flex min-w-0 items-center gap-2">
      {Icon === null
        ? <Avatar name={actor.name} size="small" />
        : <span className="grid size-5 shrink-0 place-items-center rounded-full bg-sunken text-muted"><Icon size={12} aria-hidden="true" /></span>}
      <span className="truncate">{actor.name}</span>
    </span>
  );
}

/** An action in words, the object's name set off. */
export function ActionSentence({ event }: { readonly event: AuditEvent }): ReactElement {
  const { before, entity, after } = sentenceOf(event);
  return <>{before}{entity !== null && <strong className="font-medium text-ink">{entity}</strong>}{after}</>;
}

/** The log, dense; a row opens its details. */
export function AuditTable({ events, search }: { readonly events: readonly AuditEvent[]; readonly search: AuditSearch }): ReactElement {
  const { workspace } = useSession();
  return (
    <Table label="Audit log" isDense>
      <thead>
        <tr>
          <Th className="w-44">Time</Th>
          <Th className="w-52">Who</Th>
          <Th>What</Th>
          <Th className="w-40 max-md:hidden">Address</Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Tr key={event.id} isLink isSelected={event.id === search.event}>
            <Td className="whitespace-nowrap text-muted">
              <Link to="/audit" search={{ ...search, event: event.id }} replace data-row-link className="hover:text-ink">
                <time dateTime={event.at} title={formatExact(event.at, 'UTC')}>{formatInstant(event.at, workspace.timeZone)}</time>
              </Link>
            </Td>
            <Td><span className="block max-w-48 max-sm:max-w-28"><Actor actor={event.actor} /></span></Td>
            <Td className="text-muted"><span className="block min-w-40"><ActionSentence event={event} /></span></Td>
            <Td className="text-muted max-md:hidden">{event.ip ?? '–'}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
