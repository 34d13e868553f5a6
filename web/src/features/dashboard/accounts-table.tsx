import type { Account } from '@rookery/contract/accounts.ts';
import type { Dashboard, Range } from '@rookery/contract/audience.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { formatCount } from '../../platform/format.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Delta } from '../../ui/delta.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { rangeWords } from '../../platform/ranges.ts';

type Figures = Dashboard['accounts'][number];

interface RowProps {
  readonly account: Account;
  readonly figures: Figures | undefined;
  readonly range: Range;
  readonly timeZone: string;
}

function AccountRow({ account, figures, range, timeZone }: RowProps): ReactElement {
  const isCounted = figures !== undefined && figures.sparkline.some((value) => value !== null);
  const followers = figures?.followers ?? account.followers;
  return (
    <Tr isLink>
      <Td>
        <div className="flex min-w-0 items-center gap-3">
          <Avatar name={account.name === '' ? account.handle : account.name} network={account.network} />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2">
              <Link to="/audience" search={{ account: account.id, range }} data-row-link className="font-medium wrap-anywhere">
                {account.name === '' ? account.handle : account.name}
              </Link>
              {account.simulated && <Badge className="max-sm:hidden">simulated</Badge>}
            </p>
            <p className="text-caption text-muted wrap-anywhere">@{account.handle.replace(/^@/, '')} · {account.networkName}{account.simulated && <span className="sm:hidden"> · simulated</span>}</p>
          </div>
        </div>
      </Td>
      <Td className="w-32 max-sm:hidden">
        {isCounted ? <Sparkline label={`Followers of ${account.handle}`} values={figures.sparkline} /> : <span className="text-caption text-faint">Not measured yet</span>}
      </Td>
      <Td align="end" className="font-medium whitespace-nowrap tabular">
        {followers === null ? <span className="text-faint" aria-label="Not measured yet">–</span> : formatCount(followers)}
      </Td>
      <Td align="end" className="whitespace-nowrap">
        {isCounted ? <Delta value={figures.net} /> : <span className="text-faint" aria-label="Not measured yet">–</span>}
      </Td>
      <Td align="end" className="text-caption whitespace-nowrap text-muted max-md:hidden">
        {account.followersAt === null ? 'Never' : <RelativeTime instant={account.followersAt} timeZone={timeZone} />}
      </Td>
    </Tr>
  );
}

interface AccountsTableProps {
  readonly accounts: readonly Account[];
  readonly figures: readonly Figures[];
  readonly range: Range;
  readonly timeZone: string;
}

/** Every account with its trend; a row opens its audience. */
export function AccountsTable({ accounts, figures, range, timeZone }: AccountsTableProps): ReactElement {
  const byId = new Map(figures.map((item) => [item.id, item]));
  return (
    <Card title="Accounts" isFlush actions={<Link to="/accounts" className={buttonStyle({ kind: 'ghost', size: 'small' })}>All accounts</Link>}>
      <Table label={`Accounts over ${rangeWords[range]}`}>
        <thead>
          <tr>
            <Th>Account</Th>
            <Th className="max-sm:hidden">Trend</Th>
            <Th align="end">Followers</Th>
            <Th align="end">Change</Th>
            <Th align="end" className="max-md:hidden">Measured</Th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <AccountRow key={account.id} account={account} figures={byId.get(account.id)} range={range} timeZone={timeZone} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
