// What the door answers without a network: from the list it has, what it let in itself, and its clock.
import { isGenuine, readCode, spokenCode } from "./codes.js";
import { decide } from "./rules.js";

export const ticketKey = (ticket) => `${ticket.registration}-${ticket.serial}`;

const find = async (list, code, library) => {
  const read = readCode(code);
  if (!read) {
    const spoken = spokenCode(code);
    const ticket = spoken && list.tickets.filter((one) => one.code === spoken && one.state !== "revoked").at(-1);
    return ticket ? { ticket } : { result: "invalid" };
  }
  if (read.event !== list.event.id) return { result: "wrong_event" };
  const key = list.keys.find((one) => one.number === read.key);
  if (!key || !(await isGenuine(read, key.public, library))) return { result: "invalid" };
  const ticket = list.tickets.find((one) => one.registration === read.registration && one.serial === read.serial);
  return ticket ? { ticket } : { result: "invalid" };
};

const guestOf = (list, ticket) => ({
  code: ticket.code,
  name: ticket.name,
  category: list.categories?.[ticket.category] ?? {},
  organisation: "",
});

// attempt: {code, nonce, gate (slug), at (Date), confirmed}; own: what this door let in. The answer has
// the shape of the server's, and beside it the ticket and the scope.
export const judge = async (list, own, attempt, library) => {
  const found = await find(list, attempt.code, library);
  const answer = { result: found.result ?? found.ticket.state, reason: "", registration: null, first_entry: null, nonce: attempt.nonce };
  if (!found.ticket) return answer;
  const { ticket } = found;
  Object.assign(answer, { registration: guestOf(list, ticket), ticket: ticketKey(ticket), reason: ticket.reason });
  if (answer.result !== "ok") return answer;
  const gate = list.gates.find((one) => one.slug === attempt.gate)?.id ?? null;
  const verdict = decide(list.rules, {
    category: ticket.category ?? 0, gate, at: attempt.at, zone: list.event.zone, seats: ticket.seats, nonce: attempt.nonce,
  });
  if (verdict.refusal) return { ...answer, result: "not_allowed", reason: verdict.refusal };
  answer.scope = verdict.scope;
  const first = [...list.entries, ...own].find((one) => one.ticket === answer.ticket && one.scope === verdict.scope && one.nonce !== attempt.nonce);
  if (first) return { ...answer, result: "already_redeemed", first_entry: { at: first.at, gate: first.gate, nonce: first.nonce } };
  return verdict.rule.checks_document && !attempt.confirmed ? { ...answer, result: "check", reason: "document" } : answer;
};
