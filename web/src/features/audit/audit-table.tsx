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

function When({ at }: { readonly at: string }): ReactElement {
  const { workspace } = useSession();
  return <time dateTime={at} title={formatExact(at, 'UTC')}>{formatInstant(at, workspace.timeZone)}</time>;
}

/** The log, dense; a row opens its details. */
export function AuditTable({ events, search }: { readonly events: readonly AuditEvent[]; readonly search: AuditSearch }): ReactElement {
  return (
    <Table label="Audit log" isDense>
      <thead>
        <tr>
          <Th className="w-44 max-sm:hidden">Time</Th>
          <Th className="w-52 max-sm:hidden">Who</Th>
          <Th className="max-sm:pl-4">What</Th>
          <Th className="w-40 max-md:hidden">Address</Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Tr key={event.id} isLink isSelected={event.id === search.event}>
            <Td className="whitespace-nowrap text-muted max-sm:hidden"><When at={event.at} /></Td>
            <Td className="max-sm:hidden"><span className="block max-w-48"><Actor actor={event.actor} /></span></Td>
            <Td className="max-sm:pl-4">
              <Link to="/audit" search={{ ...search, event: event.id }} replace data-row-link className="text-muted">
                <span className="font-medium text-ink sm:hidden">{event.actor.name} </span>
                <ActionSentence event={event} />
              </Link>
              <span className="block text-caption text-faint sm:hidden"><When at={event.at} /></span>
            </Td>
            <Td className="text-muted max-md:hidden">{event.ip ?? '–'}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
