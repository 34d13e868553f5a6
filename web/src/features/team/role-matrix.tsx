import { permissions, roles } from '@rookery/contract/permissions.ts';
import { Check } from 'lucide-react';
import type { ReactElement } from 'react';

import { Card } from '../../ui/card.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { roleWords } from './roles.ts';

/** What each role may do, made from the same list that the server checks. */
export function RoleMatrix(): ReactElement {
  return (
    <Card title="What each role may do" hint="This is the list that the server checks, word for word." isFlush>
      <Table label="Permissions by role" isDense>
        <thead>
          <tr>
            <Th>Permission</Th>
            {roles.map((role) => <Th key={role} className="text-center">{roleWords[role].name}</Th>)}
          </tr>
        </thead>
        <tbody>
          {Object.entries(permissions).map(([permission, { label, roles: granted }]) => (
            <Tr key={permission}>
              <Td>{label}</Td>
              {roles.map((role) => {
                const isGranted = granted.some((name) => name === role);
                return (
                  <Td key={role} className="text-center">
                    {isGranted
                      ? <><Check size={16} className="mx-auto text-accent" aria-hidden="true" /><span className="sr-only">Yes</span></>
                      : <><span aria-hidden="true" className="text-faint">–</span><span className="sr-only">No</span></>}
                  </Td>
                );
              })}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
