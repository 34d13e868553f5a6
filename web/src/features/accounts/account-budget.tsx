import { setAccountBudget, type Account } from '@rookery/contract/accounts.ts';
import { formatPrice } from '@rookery/contract/money.ts';
import { listSpending, type Spending } from '@rookery/contract/spending.ts';
import { useState, type ReactElement } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { showToast } from '../../ui/toast.tsx';
import { readDollars } from './words.ts';

function refuse(message: string): never {
  throw new ApiError('invalid-input', message, { fields: [{ pointer: '/budget', code: 'amount', message }] });
}

function BudgetForm({ account, onDone }: { readonly account: Account; readonly onDone: () => void }): ReactElement {
  const { workspace } = useSession();
  const send = useSend(setAccountBudget, ['getAccount', 'listAccounts', 'listSpending']);
  const save = async (budgetMicros: number | null): Promise<void> => {
    await send.mutateAsync({ params: { workspaceId: workspace.workspaceId, accountId: account.id }, body: { budgetMicros } });
    showToast(budgetMicros === null ? 'The budget is lifted' : `The budget is ${formatPrice(budgetMicros)} a month`);
    onDone();
  };
  const submit = (form: FormData): Promise<void> => save(readDollars(textOf(form, 'budget')) ?? refuse('Type an amount in dollars, such as 5 or 12.50.'));
  return (
    <Form submit={submit} className="max-w-md">
      <TextField
        label="Most to spend in a calendar month, in US dollars" name="budget" inputMode="decimal" maxLength={12} autoFocus
        defaultValue={account.budgetMicros === null ? '' : (account.budgetMicros / 1_000_000).toFixed(2)}
        help="What would go beyond it waits, with the reason, and is not sent."
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton>Save</SubmitButton>
        <Button onClick={onDone}>Cancel</Button>
        {account.budgetMicros !== null && <Button kind="ghost" isBusy={send.isPending} onClick={() => void save(null)}>Lift the budget</Button>}
      </div>
    </Form>
  );
}

function Amounts({ spending: { budgetMicros, spentMicros, plannedMicros }, month }: { readonly spending: Spending; readonly month: string }): ReactElement {
  const isBeyond = budgetMicros !== null && spentMicros + plannedMicros > budgetMicros;
  const amounts: readonly (readonly [string, string])[] = [
    [`Spent in ${month}`, formatPrice(spentMicros)], ['Planned until its end', formatPrice(plannedMicros)], ['Budget', budgetMicros === null ? 'None' : formatPrice(budgetMicros)],
  ];
  return (
    <div className="flex flex-col gap-3">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        {amounts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-caption font-medium text-muted">{name}</dt>
            <dd className="tabular">{value}</dd>
          </div>
        ))}
      </dl>
      {budgetMicros !== null && budgetMicros > 0 && <ProgressBar label="Share of the budget that is spent" share={Math.min(1, spentMicros / budgetMicros)} />}
      {isBeyond && <p className="text-warning">What is planned goes beyond the budget: the last of it will wait.</p>}
    </div>
  );
}

/** What publishing on this account costs this month, and the most that it may; nothing where it is free. */
export function AccountBudget({ account }: { readonly account: Account }): ReactElement | null {
  const { workspace } = useSession();
  const canManage = useCan('accounts:manage');
  const { data, error, refetch } = useCall(listSpending, { params: { workspaceId: workspace.workspaceId } });
  const [isEditing, setIsEditing] = useState(false);
  if (error !== null && data === undefined) return <Card title="Spending"><ErrorState what="The spending" error={error} onRetry={() => void refetch()} /></Card>;
  const spending = data?.spending.find(({ accountId }) => accountId === account.id);
  if (data === undefined || spending === undefined) return null;
  return (
    <Card
      title="Spending"
      hint={`${account.networkName} charges for posts. Prices are those of its list; its own bill decides.`}
      actions={canManage && !isEditing && <Button size="small" onClick={() => setIsEditing(true)}>{account.budgetMicros === null ? 'Set a budget' : 'Change the budget'}</Button>}
    >
      <div className="flex flex-col gap-5">
        <Amounts spending={spending} month={data.month.name} />
        {isEditing && <BudgetForm account={account} onDone={() => setIsEditing(false)} />}
      </div>
    </Card>
  );
}
