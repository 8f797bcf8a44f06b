// What other folders may import of dialling out: numbers that rooms call, within rules and budgets.
export { DialBudget, type DialBudgetEvents, type DialUsage, type DialUsageRepository } from "./budget.ts";
export { Dialer, type DialerOptions, type DialRequest } from "./dialer.ts";
export { answerReferrals, type ReferralsOptions } from "./referrals.ts";
export { TrunkTester, type TrunkTesterOptions } from "./test-call/trunk-tester.ts";
export type { TestFinding, TestReport } from "./test-call/types.ts";
