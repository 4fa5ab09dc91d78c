// Who may come in where and when: the twin of sessions_app/admission/tickets/rules.py. Both are tested
// against tests/admission/rule_cases.json.
const NEARNESS = ["category", "gate", "day", "time", "seat"];
const OPEN_RULE = { id: 0, categories: [], gate: null, day: null, opens: null, closes: null, session: null, mode: "once" };

const localParts = (at, zone) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}:${part.second}.${part.fractionalSecond}` };
};

// Times compare as texts; "09:00:00" comes before "09:00:00.000", as it should where it opens.
const isWithin = (time, opens, closes) => {
  const open = opens === null || time >= opens;
  const closed = closes !== null && time.slice(0, closes.length) >= closes;
  if (opens !== null && closes !== null && closes <= opens) return open || !closed; // over midnight
  return open && !closed;
};

const refusalOf = (rule, category, gate, local, seats) => {
  if (rule.categories.length && !rule.categories.includes(category)) return "category";
  if (rule.gate !== null && rule.gate !== gate) return "gate";
  if (rule.day !== null && rule.day !== local.day) return "day";
  if (!isWithin(local.time, rule.opens, rule.closes)) return "time";
  if (rule.session !== null && !seats.includes(rule.session)) return "seat";
  return "";
};

const scopeOf = (rule, local, nonce) => {
  if (rule.mode === "reentry") return `${rule.id}:${nonce}`;
  return rule.mode === "daily" ? `${rule.id}:${local.day}` : `${rule.id}`;
};

// Either {rule, scope} of the first rule that lets the ticket in, or {refusal} of the one that came nearest.
export const decide = (rules, { category, gate = null, at, zone, seats = [], nonce = "" }) => {
  const local = localParts(at, zone);
  const refusals = [];
  for (const rule of rules.length ? rules : [OPEN_RULE]) {
    const refusal = refusalOf(rule, category, gate, local, seats);
    if (!refusal) return { rule, scope: scopeOf(rule, local, nonce) };
    refusals.push(refusal);
  }
  return { refusal: refusals.reduce((best, next) => (NEARNESS.indexOf(next) > NEARNESS.indexOf(best) ? next : best)) };
};
