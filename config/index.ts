export { listenAddresses, type PublicAddresses, publicAddresses } from "./addresses.ts";
export { exampleFile } from "./example.ts";
export { hepServer } from "./hep.ts";
export { type ConfigSources, configFile, configPath, loadConfig, waitArgument } from "./load.ts";
export { type MailSender, type MailServer, readMail } from "./mail.ts";
export { type Config, configSchema, defaultPromptsPath } from "./schema.ts";
