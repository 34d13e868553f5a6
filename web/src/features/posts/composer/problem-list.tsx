import type { Media } from '@rookery/contract/media.ts';
import { CircleAlert, CircleCheck, ImageOff } from 'lucide-react';
import type { ReactElement } from 'react';

import { Callout } from '../../../ui/callout.tsx';
import { SectionTitle } from '../frame.tsx';
import { firstCommentId } from './content-editor.tsx';
import type { BudgetForecast, Problem } from './destinations.ts';
import { contentFor, type Draft } from './draft.ts';
import { partFieldId } from './part-editor.tsx';
import { ReshapeButtons } from './reshape-buttons.tsx';

export const problemListId = 'post-problems';

/** The field that a problem is about. */
export function fieldOf(draft: Draft, { accountId, part }: Problem): string {
  if (part === 'comment') return firstCommentId;
  const { parts } = contentFor(draft, accountId);
  return partFieldId(parts[part ?? 0]?.key ?? parts[0]?.key ?? '');
}

export interface ProblemListProps {
  readonly draft: Draft;
  readonly problems: readonly Problem[];
  readonly hasAccounts: boolean;
  readonly sameTextOn: readonly string[];
  readonly price: string | null;
  readonly budgets: readonly BudgetForecast[];
  /** Images without a description. */
  readonly undescribed: number;
  readonly onJump: (problem: Problem) => void;
  /** An image was made in the shape that the network takes. */
  readonly onReshaped: (problem: Problem, media: Media) => void;
}

/** What is left to put right, each with the way to its field; and what is good to know before it goes out. */
export function ProblemList({ draft, problems, hasAccounts, sameTextOn, price, budgets, undescribed, onJump, onReshaped }: ProblemListProps): ReactElement {
  const isThread = draft.content.parts.length > 1;
  const where = ({ part, networks }: Problem): string => {
    const place = part === 'comment' ? 'first comment' : part !== null && isThread ? `part ${part + 1}` : '';
    return [networks.join(', '), place].filter((words) => words !== '').join(', ');
  };
  return (
    <section id={problemListId} aria-label="Before it goes out" className="flex flex-col gap-2">
      <SectionTitle>Before it goes out</SectionTitle>
      <ul className="flex flex-col gap-1.5" aria-live="polite">
        {!hasAccounts && <li className="flex gap-2"><CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-warning" /> Choose at least one account.</li>}
        {problems.map((problem) => (
          <li key={problem.id} className="flex gap-2">
            <CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
            <span className="min-w-0">
              <button type="button" onClick={() => onJump(problem)} className="min-h-6 min-w-0 rounded-small text-left underline decoration-line underline-offset-4 hover:decoration-ink">
                <span className="font-medium">{where(problem)}:</span> {problem.message}
              </button>
              {problem.reshape !== null && <ReshapeButtons wanted={problem.reshape} onReshaped={(media) => onReshaped(problem, media)} />}
            </span>
          </li>
        ))}
        {hasAccounts && problems.length === 0 && <li className="flex gap-2 text-muted"><CircleCheck size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-success" /> It fits every account.</li>}
        {undescribed > 0 && <li className="flex gap-2 text-muted"><ImageOff size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-warning" /> {undescribed === 1 ? 'One image has' : `${undescribed} images have`} no description. People who do not see it miss what it says.</li>}
        {price !== null && <li className="flex gap-2 text-muted"><span aria-hidden="true" className="w-4 shrink-0 text-center font-medium">$</span> {price}</li>}
        {budgets.map(({ accountId, words, isBeyond }) => (
          <li key={accountId} className="flex gap-2 text-muted">
            {isBeyond ? <CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-warning" /> : <span aria-hidden="true" className="w-4 shrink-0 text-center font-medium">$</span>}
            <span className="min-w-0">{words}</span>
          </li>
        ))}
      </ul>
      {sameTextOn.map((network) => <Callout key={network} tone="warning">{network} forbids the same text on several accounts. Give each of them words of its own.</Callout>)}
    </section>
  );
}
