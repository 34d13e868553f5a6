import { useState, type SyntheticEvent } from 'react';

function postIdAt(target: EventTarget): string | null {
  return target instanceof Element ? (target.closest('[data-post]')?.getAttribute('data-post') ?? null) : null;
}

/** Which chip is under the pointer or has focus: that one alone offers its menu, so that a month of chips stays light. */
export function useActiveChip(): { activeId: string | null; follow: { onPointerOver: (event: SyntheticEvent) => void; onFocus: (event: SyntheticEvent) => void } } {
  const [activeId, setActiveId] = useState<string | null>(null);
  const note = (event: SyntheticEvent): void => {
    const id = postIdAt(event.target);
    // An open menu belongs to the chip that it was opened from.
    if (id === null || id === activeId || document.querySelector('[role=menu]') !== null) return;
    setActiveId(id);
  };
  return { activeId, follow: { onPointerOver: note, onFocus: note } };
}
