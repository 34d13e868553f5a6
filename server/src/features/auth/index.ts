export {
  addUser, changeProfile, closeSession, emailKeyOf, findUser, hashPassword, hasUsers, openSession, requireEmail, requireGoodPassword, setPassword,
  waitForOtherSignUps,
} from './service.ts';
export { createSession, findSessionByToken, purgeSessions } from './sessions.ts';
