// Public interface of provisioning: how other applications bring people into rooms.
export {
  type MemberTokenSet,
  MemberTokens,
  type MemberTokensOptions,
  type RenewalProblem,
  type TokenFamiliesRepository,
  type TokenFamily,
} from "./member-tokens.ts";
export {
  type DuplicatePolicy,
  duplicatePolicies,
  type RecordingStarter,
  recordingStarters,
  type TenantPolicy,
} from "./policy.ts";
export {
  type ListedParticipant,
  type Person,
  type Provisioned,
  Provisioning,
  type ProvisioningOptions,
  type ProvisioningProblem,
} from "./provisioning.ts";
