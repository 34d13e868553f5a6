export { holdSlots, takeSlot } from './choose.ts';
export { slotRoutes } from './routes.ts';
